#include "simulations/html/chart.h"

#include <algorithm>
#include <cmath>

#include "simulations/html/text.h"

namespace skerry::simulations::html {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t ticks_max = 12;
constexpr double width_min = 0.8;  // of what lasts

std::string attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + coordinate(value) + "\"";
}

struct Columns {
  double left = 0;
  double right = 0;
};
std::string clip(const std::string& id, const Columns& columns, double height) {
  return "<clipPath id=\"" + id + "\"><rect" + attribute("x", columns.left) + " y=\"0\"" +
         attribute("width", columns.right - columns.left) + attribute("height", height) + "/></clipPath>";
}

std::string instant_line(const TimeScale& scale, const char* kind, Duration at, const Band& band,
                         const std::string& text) {
  const double x = scale.x(at);
  const bool to_the_left = x > (plot_left + plot_right) / 2;
  return "<g class=\"t instant " + std::string(kind) + "\" data-x=\"" + coordinate(x) + "\" transform=\"translate(" +
         coordinate(x) + ",0)\"><path d=\"M0 " + coordinate(band.top - 4) + "v" + coordinate(band.height() + 4) +
         "\"/><text x=\"" + (to_the_left ? "-5" : "5") + "\" y=\"" + coordinate(band.bottom + 12) + "\"" +
         (to_the_left ? " text-anchor=\"end\"" : "") + ">" + escaped(text) + "</text></g>";
}

}  // namespace

std::vector<Duration> TimeScale::ticks() const {
  Duration step = 24h * 10;
  for (const Duration each : std::initializer_list<Duration>{
           1ms, 2ms,  5ms,  10ms, 20ms,  50ms,  100ms, 200ms, 500ms, 1s, 2s, 5s,  10s, 15s,
           30s, 1min, 2min, 5min, 10min, 15min, 30min, 1h,    2h,    3h, 6h, 12h, 24h, 24h * 2}) {
    if (end_ / each < static_cast<std::int64_t>(ticks_max)) {
      step = each;
      break;
    }
  }
  std::vector<Duration> ticks;
  for (Duration at{}; at <= end_ && ticks.size() < ticks_max; at += step) ticks.push_back(at);
  return ticks;
}

std::string axis(const TimeScale& scale, const Subject& subject, const Band& band) {
  std::string text =
      "<g class=\"axis\" data-top=\"" + coordinate(band.top) + "\" data-bottom=\"" + coordinate(band.bottom) + "\">";
  for (const Duration at : scale.ticks()) {
    const std::string x = coordinate(scale.x(at));
    text += "<path d=\"M" + x + " " + coordinate(band.top - 3) + "V" + coordinate(band.bottom) + "\"/><text x=\"" + x +
            "\" y=\"" + coordinate(band.top - 7) + "\">" + words(at) + "</text>";
  }
  text += "</g>";
  if (const auto healed = subject.chronicle.healed_at())
    text += instant_line(scale, "healed", *healed, band, "everything heals");
  if (subject.report.violation)
    text += instant_line(scale, "violated", subject.report.violated_at, band,
                         "✗ " + subject.report.violation->invariant + " violated");
  return text;
}

std::string open_chart(const std::string& id, const std::string& title, double height) {
  return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + escaped(title) +
         ", scrolls sideways\"><svg class=\"chart\" id=\"" + id + "\" role=\"img\" aria-labelledby=\"" + id +
         "-title\" viewBox=\"0 0 " + coordinate(chart_width) + " " + coordinate(height) + "\"><title id=\"" + id +
         "-title\">" + escaped(title) + "</title>" + clip(id + "-axis", {plot_left - 12, chart_width}, height) +
         clip(id + "-plot", {plot_left - 6, plot_right + 6}, height);
}

std::string clipped(const std::string& clip, const std::string& shapes) {
  return "<g clip-path=\"url(#" + clip + ")\">" + shapes + "</g>";
}

std::string close_chart() {
  return "</svg></div>\n";
}

std::string span_box(const TimeScale& scale, const std::string& kind, Duration from, Duration to, const Band& band,
                     const std::string& title) {
  const double x = scale.x(from);
  return "<rect class=\"t " + kind + "\"" + attribute("x", x) + attribute("y", band.top) +
         attribute("width", std::max(scale.x(to) - x, width_min)) + attribute("height", band.height()) + "><title>" +
         escaped(title) + "</title></rect>";
}

std::string symbol_at(const TimeScale& scale, const std::string& symbol, Duration at, double y,
                      const std::string& title) {
  const std::string x = coordinate(scale.x(at));
  return "<g class=\"t mark " + symbol + "\" data-x=\"" + x + "\" transform=\"translate(" + x + ",0)\"><use href=\"#" +
         symbol + "\" y=\"" + coordinate(y) + "\"/><title>" + escaped(title) + "</title></g>";
}

std::string time_path(const std::string& kind, const std::string& path) {
  return path.empty() ? "" : "<path class=\"t " + kind + "\" d=\"" + path + "\"/>";
}

std::string area(const TimeScale& scale, const Series& series, const Heights& heights, const Band& band) {
  if (heights.greatest <= heights.least) return "";
  const auto y = [&](std::uint64_t value) {
    const std::uint64_t over = std::max(value, heights.least) - heights.least;
    const double share = static_cast<double>(over) / static_cast<double>(heights.greatest - heights.least);
    return coordinate(band.bottom - band.height() * (heights.kind == Heights::Kind::even ? share : std::sqrt(share)));
  };
  const std::vector<std::uint64_t>& buckets = series.buckets();
  std::string path = "M" + coordinate(plot_left) + " " + coordinate(band.bottom);
  for (std::size_t i = 0; i < buckets.size();) {
    std::size_t next = i + 1;
    while (next < buckets.size() && buckets[next] == buckets[i]) ++next;
    const auto at = [&](std::size_t bucket) {
      return coordinate(scale.x(std::min(scale.end(), series.width() * static_cast<std::int64_t>(bucket))));
    };
    path += "L" + at(i) + " " + y(buckets[i]) + "L" + at(next) + " " + y(buckets[i]);
    if (next == buckets.size()) path += "L" + at(next) + " " + coordinate(band.bottom);
    i = next;
  }
  return time_path("area", path + "Z");
}

std::string label(const std::string& kind, double x, double y, const std::string& text) {
  return "<text class=\"" + kind + "\"" + attribute("x", x) + attribute("y", y) + ">" + escaped(text) + "</text>";
}

std::string symbols() {
  return R"svg(<svg width="0" height="0" class="symbols" aria-hidden="true"><defs>
<symbol id="killed" overflow="visible">
<path class="halo" d="M-4-4L4 4M-4 4L4-4"/><path d="M-4-4L4 4M-4 4L4-4"/></symbol>
<symbol id="lost-power" overflow="visible"><circle class="plate" r="6"/><path d="M-3-3L3 3M-3 3L3-3"/></symbol>
<symbol id="failed" overflow="visible"><path class="plate" d="M0-6L6 5H-6Z"/><path d="M0-2V1.5M0 3.2V3.4"/></symbol>
<symbol id="sync-error" overflow="visible">
<path class="plate" d="M0-5.5L5.5 0L0 5.5L-5.5 0Z"/><path d="M0-2.5V.5M0 2.4V2.6"/></symbol>
<symbol id="clock-step" overflow="visible"><circle class="plate" r="5"/><path d="M0-3V0L2.2 1.4"/></symbol>
<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V6"/></pattern>
<pattern id="dense" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
<path d="M0 0V4"/></pattern>
<pattern id="points" width="5" height="5" patternUnits="userSpaceOnUse"><circle cx="1.5" cy="1.5" r="1"/></pattern>
</defs></svg>
)svg";
}

}  // namespace skerry::simulations::html
