#include "simulations/html/roads.h"

#include <algorithm>

#include "simulations/html/text.h"

namespace skerry::simulations::html {

namespace {

constexpr std::size_t boxes_max = 200;  // a road

bool is_between(const Span& span, const Edge& edge) {
  return (span.host == edge.first && span.other == edge.second) ||
         (span.host == edge.second && span.other == edge.first);
}

Duration length(const Span& span) {
  return span.to - span.from;
}

// Those of one kind between the two; where they are too many, the longest.
std::vector<Span> spans_between(const Subject& subject, const Edge& edge, Span::Kind kind) {
  std::vector<Span> spans;
  for (const Span& span : subject.chronicle.spans()) {
    if (span.kind == kind && is_between(span, edge)) spans.push_back(span);
  }
  std::stable_sort(spans.begin(), spans.end(),
                   [](const Span& left, const Span& right) { return length(left) > length(right); });
  if (spans.size() > boxes_max && kind != Span::Kind::session) spans.resize(boxes_max);
  return spans;
}

std::string road(const TimeScale& scale, const Subject& subject, const Edge& edge, double top) {
  const Band upper{top + 1, top + 6};
  const Band lower{top + 7, top + 12};
  const auto half = [&](const Span& span) { return span.host == edge.first ? upper : lower; };
  const auto title = [&](const Span& span, const std::string& what) {
    return subject.hosts[span.host] + " → " + subject.hosts[span.other] + " " + what + ", " + words(span.from) +
           " to " + words(span.to) + " (" + words(length(span)) + ")";
  };
  std::string text;
  for (const Span& span : spans_between(subject, edge, Span::Kind::slow_path)) {
    const std::string what = std::to_string(span.amount) + " times as slow";
    text += span_box(scale, "slow-path", span.from, span.to, half(span), title(span, what));
  }
  for (const Span& span : spans_between(subject, edge, Span::Kind::cut)) {
    text += span_box(scale, "road-cut", span.from, span.to, half(span), title(span, "cut"));
    text += span_box(scale, "hatched", span.from, span.to, half(span), title(span, "cut"));
  }
  std::string sessions;
  for (const Span& span : spans_between(subject, edge, Span::Kind::session)) {
    const Band band = half(span);
    sessions += "M" + coordinate(scale.x(span.from)) + " " + coordinate((band.top + band.bottom) / 2) + "L" +
                coordinate(scale.x(span.to)) + " " + coordinate((band.top + band.bottom) / 2);
  }
  return text + time_path("session", sessions);
}

}  // namespace

std::vector<Edge> roads_of(const Subject& subject) {
  std::vector<Edge> edges = edges_of(subject.conditions);
  const auto uneventful = [&](const Edge& edge) {
    return std::none_of(subject.chronicle.spans().begin(), subject.chronicle.spans().end(),
                        [&](const Span& span) { return span.kind <= Span::Kind::slow_path && is_between(span, edge); });
  };
  if (edges.size() <= roads_max) return edges;
  std::stable_partition(edges.begin(), edges.end(), [&](const Edge& edge) { return !uneventful(edge); });
  edges.resize(roads_max);
  return edges;
}

std::string roads(const TimeScale& scale, const Subject& subject, const std::vector<Edge>& edges, double top) {
  std::string text;
  for (std::size_t i = 0; i < edges.size(); ++i)
    text += road(scale, subject, edges[i], top + road_height * static_cast<double>(i));
  return text;
}

}  // namespace skerry::simulations::html
