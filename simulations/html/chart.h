// What all pictures over time share: where an instant is, the axis, and shapes that the script can move when the reader
// looks closer (simulations/html/script.cc).
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "simulations/html/page.h"

namespace skerry::simulations::html {

inline constexpr double chart_width = 1180;
inline constexpr double plot_left = 158;
inline constexpr double plot_right = 1156;

class TimeScale {
 public:
  explicit TimeScale(Duration end) : end_(std::max(end, Duration(1))) {}

  Duration end() const { return end_; }
  double x(Duration at) const {
    return plot_left + (plot_right - plot_left) * static_cast<double>(at.count()) / static_cast<double>(end_.count());
  }
  // At most twelve round times, from 0 on.
  std::vector<Duration> ticks() const;

 private:
  Duration end_;
};

// A stretch of vertical space: [top, bottom).
struct Band {
  double top = 0;
  double bottom = 0;
  double height() const { return bottom - top; }
};

// The times above `band`, and a line for each through it; when everything healed, and when something was violated.
std::string axis(const TimeScale& scale, const Subject& subject, const Band& band);

// Opens the picture, with its name for those who do not see it.  `id` is a word.
std::string open_chart(const std::string& id, const std::string& title, double height);
// What is seen of shapes when one looks closer: within `id`-plot, or within `id`-axis, which has room for words.
std::string clipped(const std::string& clip, const std::string& shapes);
std::string close_chart();

// From `from` to `to`, with `title` to be read when pointed at; at least a hair wide.  `kind` is a class of the style.
std::string span_box(const TimeScale& scale, const std::string& kind, Duration from, Duration to, const Band& band,
                     const std::string& title);
// A symbol (symbols()) at an instant.
std::string symbol_at(const TimeScale& scale, const std::string& symbol, Duration at, double y,
                      const std::string& title);
// A shape of absolute M, L and H, and relative parts.
std::string time_path(const std::string& kind, const std::string& path);
// What fills a band, and how.
struct Heights {
  enum class Kind { even, square_root } kind = Kind::even;
  std::uint64_t least = 0;
  std::uint64_t greatest = 0;
};
// The area under a series; nothing if all is the least.
std::string area(const TimeScale& scale, const Series& series, const Heights& heights, const Band& band);
std::string label(const std::string& kind, double x, double y, const std::string& text);

// What is drawn by name: once in a page.
std::string symbols();

}  // namespace skerry::simulations::html
