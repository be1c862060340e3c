// When the entries of a log came, roughly: for saying how long a peer has been behind, and which of them are new.
#pragma once

#include <algorithm>
#include <vector>

#include "core/time.h"
#include "sync/event_log.h"

namespace skerry::sync {

class LogTimes {
 public:
  // The log ends at `end` now.
  void note(Position end, core::Instant now) {
    if (!marks_.empty() && marks_.back().end >= end) return;
    marks_.push_back({end, now});
    if (marks_.size() > marks_max) thin_out(now);
  }

  // When the entry came, or a little earlier; for entries from before the first note, when that was.
  core::Instant came_at(Position position, core::Instant now) const {
    const auto after = [](Position wanted, const Mark& mark) { return wanted < mark.end; };
    const auto mark = std::upper_bound(marks_.begin(), marks_.end(), position, after);
    return mark == marks_.end() ? now : mark->came;
  }

  // The first entry that came at `time` or later.  What was there at the first note came long before.
  Position first_since(core::Instant time) const {
    if (marks_.empty()) return 1;
    const auto before = [&](const Mark& mark) { return mark.came < time; };
    return std::prev(std::partition_point(marks_.begin() + 1, marks_.end(), before))->end;
  }

 private:
  static constexpr std::size_t marks_max = 4'096;
  static constexpr int precision = 64;
  struct Mark {
    Position end;
    core::Instant came;  // of the first entry since the mark before
  };

  // Joins neighbours where that makes an age wrong by a part in `precision` at most.  What is left grows with the
  // logarithm of the time that the marks span.
  void thin_out(core::Instant now) {
    std::size_t kept = 0;
    for (std::size_t i = 1; i < marks_.size(); ++i) {
      Mark& last = marks_[kept];
      if ((marks_[i].came - last.came) * precision <= now - marks_[i].came)
        last.end = marks_[i].end;
      else
        marks_[++kept] = marks_[i];
    }
    marks_.resize(kept + 1);
  }

  std::vector<Mark> marks_;
};

}  // namespace skerry::sync
