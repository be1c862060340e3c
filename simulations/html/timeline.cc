#include "simulations/html/timeline.h"

#include <algorithm>

#include "simulations/html/roads.h"
#include "simulations/html/sightings.h"
#include "simulations/html/text.h"

namespace skerry::simulations::html {

namespace {

constexpr double axis_height = 24;
constexpr double foot = 18;  // for what is written under the instants

std::string box(const char* kind, double x, double width, const Band& band) {
  return std::string("<rect class=\"") + kind + "\" x=\"" + coordinate(x) + "\" y=\"" + coordinate(band.top) +
         "\" width=\"" + coordinate(width) + "\" height=\"" + coordinate(band.height()) + "\"/>";
}

std::string lane_label(const Subject& subject, HostIndex host, const Lane& lane) {
  const std::string name = shortened(subject.hosts[host], 16);
  std::string text = "<g class=\"" + colour_of(host) + "\"><path class=\"sign\" d=\"M12 " +
                     coordinate(lane.writes + 1) + sign_of(host) + "\"/></g>";
  text += label("lane-name", 22, lane.writes + 5, name);
  text += label("lane-note", 22, lane.writes + 20, counted(subject.chronicle.writes_of(host), "write"));
  const std::uint64_t lacks = subject.chronicle.lacks(host).greatest();
  if (subject.hosts.size() <= 8)
    text += label("lane-note", 22, lane.lacks.top + 11, "up to " + count_words(lacks) + " behind");
  return text;
}

// At 1 s, so that the height of a sighting can be read.
std::string lane_guide(const Lane& lane, const LagScale& lags) {
  const Duration second = std::chrono::seconds(1);
  if (lags.latest() < 2 * second || 2 * lags.soonest() > second) return "";
  const std::string y = coordinate(sighting_y(lane, second, lags));
  return "<path class=\"guide\" d=\"M" + coordinate(plot_left) + " " + y + "H" + coordinate(plot_right) + "\"/>" +
         "<text class=\"guide-note\" x=\"" + coordinate(plot_left - 4) + "\" y=\"" + y + "\">1 s</text>";
}

std::string key(const std::string& picture, const std::string& meaning) {
  return "<li><svg viewBox=\"0 0 26 14\" aria-hidden=\"true\">" + picture + "</svg>" + meaning + "</li>";
}
std::string key_box(const std::string& kinds, const std::string& meaning) {
  std::string boxes;
  for (std::size_t at = 0; at != std::string::npos;) {
    const std::size_t end = kinds.find('|', at);
    boxes += "<rect class=\"" + kinds.substr(at, end - at) + "\" x=\"1\" y=\"1\" width=\"24\" height=\"12\"/>";
    at = end == std::string::npos ? end : end + 1;
  }
  return key(boxes, meaning);
}
std::string key_symbol(const std::string& symbol, const std::string& meaning) {
  return key("<g class=\"mark " + symbol + "\"><use href=\"#" + symbol + "\" x=\"13\" y=\"7\"/></g>", meaning);
}

std::string legend(const Subject& subject) {
  std::string seen;
  for (HostIndex host = 0; host < std::min<std::size_t>(3, subject.hosts.size()); ++host) {
    seen += "<path class=\"seen " + colour_of(host) + "\" d=\"M" + std::to_string(5 + 8 * host) + " 7" + sign_of(host) +
            "\"/>";
  }
  return "<ul class=\"legend\">" + key("<path class=\"written h0\" d=\"M8 3v8M13 3v8M18 3v8\"/>", "written here") +
         key(seen, "another’s write becomes visible here, in its author’s sign; the higher, the later it came") +
         key("<path class=\"journey h0\" d=\"M2 2L24 12\"/>",
             "the way of a write (of the slowest, if there are many)") +
         key("<path class=\"area\" d=\"M1 13L1 9L9 9L9 3L18 3L18 13Z\"/>",
             "events that others know and this one lacks") +
         key_box("cut cut-some", "some directions cut") + key_box("cut cut-most", "half of them or more") +
         key_box("cut cut-off|hatched", "cut off from all") + key_box("down", "down") + key_box("paused", "paused") +
         key_symbol("killed", "killed") + key_symbol("lost-power", "lost power") +
         key_symbol("failed", "ended itself") + key_symbol("sync-error", "syncs begin to fail") +
         key_symbol("clock-step", "clock steps") +
         key("<path class=\"session\" d=\"M1 7L25 7\"/>", "a session, as one side has it") + "</ul>\n";
}

std::string left_out(const Subject& subject) {
  const Chronicle& chronicle = subject.chronicle;
  std::string text;
  if (chronicle.write_stride() > 1)
    text += " Of the writes one of " + count_words(chronicle.write_stride()) + " is drawn.";
  if (const auto more = chronicle.spans_left_out() + chronicle.marks_left_out(); more > 0)
    text += " " + count_words(more) + " later spans and marks are not drawn.";
  const std::size_t edges = edges_of(subject.conditions).size();
  if (edges > roads_max) text += " Of " + counted(edges, "pair") + " " + std::to_string(roads_max) + " are drawn.";
  return text;
}

}  // namespace

std::string timeline(const Subject& subject) {
  const std::size_t hosts = subject.hosts.size();
  const TimeScale scale(subject.chronicle.end());
  const LagScale lags(subject.chronicle);
  std::vector<Lane> lanes;
  for (HostIndex host = 0; host < hosts; ++host) lanes.push_back(lane_of(host, hosts, axis_height));
  const std::vector<Edge> edges = roads_of(subject);
  const double roads_top = lanes.back().whole.bottom + 12;
  const double bottom = roads_top + road_height * static_cast<double>(edges.size());
  std::string ground;
  std::string shapes;
  std::string labels;
  for (HostIndex host = 0; host < hosts; ++host) {
    ground += box("lane", plot_left, plot_right - plot_left, lanes[host].whole) + lane_guide(lanes[host], lags);
    shapes += lane_ground(scale, subject, host, lanes[host]);
    labels += lane_label(subject, host, lanes[host]);
  }
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const double top = roads_top + road_height * static_cast<double>(i);
    const std::string name =
        shortened(subject.hosts[edges[i].first], 10) + " ⇄ " + shortened(subject.hosts[edges[i].second], 10);
    ground += box("road", plot_left, plot_right - plot_left, {top + 1, top + 12});
    labels += label("road-name", 8, top + 10, name);
  }
  shapes += roads(scale, subject, edges, roads_top) + journeys(scale, subject, lanes);
  shapes += sightings(scale, subject, lanes);
  for (HostIndex host = 0; host < hosts; ++host) shapes += lane_marks(scale, subject, host, lanes[host]);
  return open_chart("timeline", "Timeline of the run, a lane a replica", bottom + foot) + ground +
         clipped("timeline-axis", axis(scale, subject, {axis_height - 4, bottom})) +
         clipped("timeline-plot", shapes + "<g class=\"pointed\"></g>") + "<g class=\"labels\">" +
         box("labels-ground", 0, plot_left - 22, {0, bottom + foot}) + labels + "</g>" + close_chart() +
         legend(subject) +
         "<p class=\"note\">The upper half of a pair’s row is the direction from the first to the second, the "
         "lower half the way back. Heights of late writes are logarithmic, from " +
         words(lags.soonest()) + " to " + words(lags.latest()) +
         "; heights of what a replica lacks grow with the square root." + left_out(subject) + "</p>\n" +
         "<script type=\"application/json\" id=\"sightings\">" + sightings_data(scale, subject, lanes) + "</script>\n";
}

std::string divergence(const Subject& subject) {
  const Chronicle& chronicle = subject.chronicle;
  const TimeScale scale(chronicle.end());
  const Band events{axis_height, axis_height + 84};
  const Band states{events.bottom + 12, events.bottom + 12 + 40};
  const std::uint64_t apart = chronicle.apart().greatest();
  const std::uint64_t contexts = chronicle.contexts().greatest();
  std::string ground =
      box("lane", plot_left, plot_right - plot_left, events) + box("lane", plot_left, plot_right - plot_left, states);
  std::string labels = label("lane-name", 8, events.top + 14, "not everywhere") +
                       label("lane-note", 8, events.top + 30, "up to " + counted(apart, "event")) +
                       label("lane-name", 8, states.top + 14, "different states") +
                       label("lane-note", 8, states.top + 30, "up to " + count_words(contexts));
  return open_chart("divergence", "Divergence over time", states.bottom + foot) + ground +
         clipped("divergence-axis", axis(scale, subject, {axis_height - 4, states.bottom})) +
         clipped("divergence-plot", area(scale, chronicle.apart(), {Heights::Kind::square_root, 0, apart}, events) +
                                        area(scale, chronicle.contexts(), {Heights::Kind::even, 1, contexts}, states)) +
         "<g class=\"labels\">" + box("labels-ground", 0, plot_left - 4, {0, states.bottom + foot}) + labels + "</g>" +
         close_chart();
}

}  // namespace skerry::simulations::html
