#include "simulations/html/lanes.h"

#include <algorithm>
#include <map>

#include "simulations/html/text.h"

namespace skerry::simulations::html {

namespace {

constexpr std::size_t boxes_max = 400;  // a lane
constexpr std::size_t marks_max = 300;

std::string when(const Span& span) {
  return ", " + words(span.from) + " to " + words(span.to) + " (" + words(span.to - span.from) + ")";
}

const char* kind_of(const CutLevel& level) {
  if (level.cut == level.all) return "cut-off";
  return 2 * level.cut >= level.all ? "cut-most" : "cut-some";
}

struct Box {
  const char* kind;
  const char* what;
};
std::optional<Box> box_of(Span::Kind kind) {
  switch (kind) {
    case Span::Kind::down:
      return Box{"down", "down"};
    case Span::Kind::paused:
      return Box{"paused", "paused"};
    case Span::Kind::slow_disk:
      return Box{"slow-disk", "slow disk"};
    case Span::Kind::clock_frozen:
      return Box{"frozen", "its clock stands still"};
    case Span::Kind::cut:
    case Span::Kind::slow_path:
    case Span::Kind::session:
      break;
  }
  return std::nullopt;
}

struct Symbol {
  const char* name;
  std::string what;
};
Symbol symbol_of(const Mark& mark) {
  switch (mark.kind) {
    case Mark::Kind::killed:
      return {"killed", "the process was killed"};
    case Mark::Kind::lost_power:
      return {"lost-power", "the machine lost power"};
    case Mark::Kind::failed:
      return {"failed", "the process ended itself: its disk had refused a write"};
    case Mark::Kind::sync_error:
      return {"sync-error", "the next " + counted(static_cast<std::uint64_t>(mark.amount), "sync") + " will fail"};
    case Mark::Kind::clock_step:
    case Mark::Kind::started:
      break;
  }
  return {"clock-step", "its clock steps by " + words(std::chrono::milliseconds(mark.amount))};
}

}  // namespace

Lane lane_of(HostIndex host, std::size_t hosts, double top) {
  const double height = hosts <= 5 ? 92 : hosts <= 8 ? 76 : 50;
  const double gap = 6;
  Lane lane;
  lane.whole.top = top + host * (height + gap);
  lane.whole.bottom = lane.whole.top + height;
  lane.writes = lane.whole.top + 9;
  lane.lacks = {lane.whole.bottom - (hosts <= 8 ? 17 : 11), lane.whole.bottom};
  lane.sightings = {lane.whole.top + 20, lane.lacks.top - 4};
  return lane;
}

std::vector<CutLevel> cut_levels(const Subject& subject, HostIndex host, Duration coarsest) {
  const std::vector<Edge> edges = edges_of(subject.conditions);
  const auto is_edge = [&](const Span& span) {
    return std::any_of(edges.begin(), edges.end(), [&](const Edge& edge) {
      return (edge.first == span.host && edge.second == span.other) ||
             (edge.second == span.host && edge.first == span.other);
    });
  };
  const auto degree = std::count_if(edges.begin(), edges.end(),
                                    [&](const Edge& edge) { return edge.first == host || edge.second == host; });
  const auto all = 2 * static_cast<std::size_t>(degree);
  std::map<Duration, std::ptrdiff_t> changes;
  for (const Span& span : subject.chronicle.spans()) {
    if (span.kind != Span::Kind::cut || (span.host != host && span.other != host) || !is_edge(span)) continue;
    ++changes[span.from];
    --changes[span.to];
  }
  std::vector<CutLevel> levels;
  CutLevel current{.from = {}, .to = {}, .cut = 0, .all = all};
  const auto change_to = [&](Duration at, std::size_t cut) {
    current.to = at;
    if (current.cut > 0 && current.from < at) levels.push_back(current);
    current = {.from = at, .to = {}, .cut = cut, .all = all};
  };
  std::size_t cut = 0;
  changes[subject.chronicle.end()] += 0;
  for (const auto& [at, change] : changes) {
    if (cut != current.cut && current.from + coarsest <= at) change_to(current.from + coarsest, cut);
    cut += static_cast<std::size_t>(change);
    if (at - current.from < coarsest) {
      current.cut = std::max(current.cut, cut);
    } else if (cut != current.cut) {
      change_to(at, cut);
    }
  }
  change_to(subject.chronicle.end(), 0);
  return levels;
}

std::string lane_ground(const TimeScale& scale, const Subject& subject, HostIndex host, const Lane& lane) {
  const std::string& name = subject.hosts[host];
  std::string text;
  for (const CutLevel& level : cut_levels(subject, host, scale.end() / 4'000)) {
    const std::string title = name + ": " + std::to_string(level.cut) + " of " + std::to_string(level.all) +
                              " directions cut, " + words(level.from) + " to " + words(level.to);
    text += span_box(scale, std::string("cut ") + kind_of(level), level.from, level.to, lane.whole, title);
    if (level.cut == level.all) text += span_box(scale, "hatched", level.from, level.to, lane.whole, title);
  }
  std::uint64_t greatest = 1;
  for (HostIndex each = 0; each < subject.hosts.size(); ++each)
    greatest = std::max(greatest, subject.chronicle.lacks(each).greatest());
  return text + area(scale, subject.chronicle.lacks(host), {Heights::Kind::square_root, 0, greatest}, lane.lacks);
}

std::string lane_marks(const TimeScale& scale, const Subject& subject, HostIndex host, const Lane& lane) {
  const std::string& name = subject.hosts[host];
  std::vector<Span> spans;
  for (const Span& span : subject.chronicle.spans()) {
    if (span.host == host && box_of(span.kind)) spans.push_back(span);
  }
  // Where they are too many, the longest.
  std::stable_sort(spans.begin(), spans.end(),
                   [](const Span& left, const Span& right) { return left.to - left.from > right.to - right.from; });
  if (spans.size() > boxes_max) spans.resize(boxes_max);
  std::string text;
  for (const Span& span : spans) {
    const Box box = *box_of(span.kind);
    Band band = lane.whole;
    if (span.kind == Span::Kind::slow_disk) band = {lane.whole.top, lane.whole.top + 3};
    if (span.kind == Span::Kind::clock_frozen) band = {lane.whole.bottom - 3, lane.whole.bottom};
    std::string title = name + ": " + box.what;
    if (span.kind == Span::Kind::slow_disk) title += ", " + std::to_string(span.amount) + " times as slow";
    text += span_box(scale, box.kind, span.from, span.to, band, title + when(span));
  }
  std::size_t drawn = 0;
  for (const Mark& mark : subject.chronicle.marks()) {
    // That it is up again is where its box ends.
    if (mark.host != host || mark.kind == Mark::Kind::started || ++drawn > marks_max) continue;
    const Symbol symbol = symbol_of(mark);
    text += symbol_at(scale, symbol.name, mark.at, lane.writes, name + ", " + words(mark.at) + ": " + symbol.what);
  }
  return text;
}

}  // namespace skerry::simulations::html
