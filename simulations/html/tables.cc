#include "simulations/html/tables.h"

#include <algorithm>

#include "simulations/html/sightings.h"
#include "simulations/html/text.h"

namespace skerry::simulations::html {

namespace {

constexpr std::size_t rows_open_max = 42;
constexpr std::size_t incidents_max = 400;
constexpr double bar_width = 240;

std::string cell(const std::string& text) {
  return "<td>" + text + "</td>";
}
std::string head(const std::string& text) {
  return "<th scope=\"row\">" + escaped(text) + "</th>";
}
std::string table(const std::string& caption, const std::string& heads, const std::string& rows, std::size_t count) {
  const std::string body = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + caption +
                           "\"><table><caption>" + caption + "</caption><thead><tr>" + heads +
                           "</tr></thead><tbody>\n" + rows + "</tbody></table></div>\n";
  if (count <= rows_open_max) return body;
  return "<details><summary>" + counted(count, "row") + "</summary>" + body + "</details>\n";
}
std::string column(const char* name) {
  return std::string("<th scope=\"col\">") + name + "</th>";
}

std::string wide_column(const char* name) {
  return std::string("<th scope=\"col\" class=\"words\">") + name + "</th>";
}

// p50 to p99 as a bar, and marks at p90 and at the greatest; logarithmic, as the text beside it says.
std::string lag_bar(const Durations& lag, const LagScale& lags) {
  const auto x = [&](Duration duration) { return 4 + (bar_width - 8) * lags.share(duration); };
  const double median = x(lag.percentile(0.5));
  const double high = x(lag.percentile(0.99));
  const std::string most = coordinate(x(lag.greatest()));
  return "<svg class=\"bar\" viewBox=\"0 0 240 14\" aria-hidden=\"true\"><path class=\"rail\" d=\"M4 7H236\"/>"
         "<path class=\"whisker\" d=\"M" +
         coordinate(high) + " 7H" + most + "\"/><rect class=\"body\" x=\"" + coordinate(median) +
         "\" y=\"3\" width=\"" + coordinate(std::max(1.0, high - median)) +
         "\" height=\"8\"/><path class=\"mid\" d=\"M" + coordinate(median) + " 1V13\"/><path class=\"mid thin\" d=\"M" +
         coordinate(x(lag.percentile(0.9))) + " 3V11\"/><circle class=\"most\" cx=\"" + most +
         "\" cy=\"7\" r=\"2.5\"/></svg>";
}

std::string share_bar(std::uint64_t amount, std::uint64_t greatest) {
  const double width = greatest == 0 ? 0 : bar_width / 2 * static_cast<double>(amount) / static_cast<double>(greatest);
  return "<svg class=\"bar half\" viewBox=\"0 0 120 14\" aria-hidden=\"true\"><path class=\"rail\" d=\"M0 7H120\"/>"
         "<rect class=\"body\" x=\"0\" y=\"3\" width=\"" +
         coordinate(width) + "\" height=\"8\"/></svg>";
}

struct Incident {
  Duration at{};
  std::string what;
};

std::string incident_of(const Span& span, const std::vector<std::string>& hosts) {
  const std::string path = hosts[span.host] + " → " + hosts[span.other];
  switch (span.kind) {
    case Span::Kind::cut:
      return path + " cut";
    case Span::Kind::slow_path:
      return path + " " + std::to_string(span.amount) + " times as slow";
    case Span::Kind::down:
      return hosts[span.host] + " down";
    case Span::Kind::paused:
      return hosts[span.host] + " paused";
    case Span::Kind::slow_disk:
      return hosts[span.host] + ": disk " + std::to_string(span.amount) + " times as slow";
    case Span::Kind::clock_frozen:
      return hosts[span.host] + ": clock stands still";
    case Span::Kind::session:
      break;
  }
  return "";
}

std::string incident_of(const Mark& mark, const std::vector<std::string>& hosts) {
  const std::string& name = hosts[mark.host];
  switch (mark.kind) {
    case Mark::Kind::killed:
      return name + ": process killed";
    case Mark::Kind::lost_power:
      return name + ": power lost";
    case Mark::Kind::failed:
      return name + ": process ended itself, its disk had refused a write";
    case Mark::Kind::sync_error:
      return name + ": " + std::to_string(mark.amount) + " syncs will fail";
    case Mark::Kind::clock_step:
      return name + ": clock steps by " + words(std::chrono::milliseconds(mark.amount));
    case Mark::Kind::started:
      break;
  }
  return "";
}

}  // namespace

std::string lag_table(const Subject& subject) {
  const Chronicle& chronicle = subject.chronicle;
  const LagScale lags(chronicle);
  const bool all_arrived = chronicle.never_everywhere() == 0;
  std::string rows;
  std::size_t count = 0;
  for (HostIndex author = 0; author < chronicle.hosts(); ++author) {
    for (HostIndex host = 0; host < chronicle.hosts(); ++host) {
      const Chronicle::Lag& lag = chronicle.lag(author, host);
      if (author == host || (lag.durations.size() == 0 && lag.never == 0)) continue;
      rows += "<tr>" + head(subject.hosts[author]) + cell(escaped(subject.hosts[host])) +
              cell(count_words(lag.durations.size()));
      for (const double part : {0.5, 0.9, 0.99}) rows += cell(words(lag.durations.percentile(part)));
      rows += cell(words(lag.durations.greatest()));
      if (!all_arrived) rows += cell(lag.never == 0 ? "" : "<strong>" + count_words(lag.never) + "</strong>");
      rows += "<td class=\"drawn\">" + lag_bar(lag.durations, lags) + "</td></tr>\n";
      ++count;
    }
  }
  if (count == 0) return "<p>Nothing was written.</p>\n";
  return table("From a write to its visibility elsewhere",
               column("written at") + column("visible at") + column("writes") + column("p50") + column("p90") +
                   column("p99") + column("max") + (all_arrived ? "" : column("never")) +
                   column((words(lags.soonest()) + " … " + words(lags.latest()) + ", logarithmic").c_str()),
               rows, count);
}

std::string traffic_table(const Subject& subject) {
  const Chronicle& chronicle = subject.chronicle;
  std::vector<Path> paths;
  for (const Edge& edge : edges_of(subject.conditions)) {
    paths.push_back({edge.first, edge.second});
    paths.push_back({edge.second, edge.first});
  }
  std::stable_sort(paths.begin(), paths.end(),
                   [](const Path& left, const Path& right) { return left.from < right.from; });
  std::uint64_t greatest = 0;
  for (const Path& path : paths) greatest = std::max(greatest, chronicle.traffic(path.from, path.to).bytes);
  std::string rows;
  for (const Path& path : paths) {
    const Network::Traffic& traffic = chronicle.traffic(path.from, path.to);
    Duration cut{};
    std::uint64_t sessions = 0;
    for (const Span& span : chronicle.spans()) {
      if (span.host != path.from || span.other != path.to) continue;
      if (span.kind == Span::Kind::cut) cut += span.to - span.from;
      sessions += span.kind == Span::Kind::session;
    }
    rows += "<tr>" + head(subject.hosts[path.from]) + cell(escaped(subject.hosts[path.to])) +
            cell(byte_words(traffic.bytes)) + cell(count_words(traffic.frames)) +
            cell(count_words(traffic.packets_lost)) + cell(count_words(traffic.packets_damaged)) +
            cell(count_words(sessions)) + cell(words(cut)) + "<td class=\"drawn\">" +
            share_bar(traffic.bytes, greatest) + "</td></tr>\n";
  }
  return table("What went over each direction",
               column("from") + column("to") + column("sent") + column("frames") + column("packets lost") +
                   column("damaged") + column("sessions") + column("cut for") + column("bytes"),
               rows, paths.size());
}

std::string slowest_table(const Subject& subject) {
  std::string rows;
  for (const Chronicle::Slow& slow : subject.chronicle.slowest()) {
    const Write& write = slow.write;
    std::string seen;
    for (HostIndex host = 0; host < write.seen.size(); ++host) {
      if (host == write.author) continue;
      seen += "<span>" + escaped(subject.hosts[host]) + " " +
              (write.seen[host] ? words(*write.seen[host]) : "<strong>never</strong>") + "</span> ";
    }
    rows += "<tr>" + head(subject.hosts[write.author]) + cell(words(write.at)) + cell(words(slow.took)) +
            "<td class=\"words\"><code>" + escaped(shortened(write.what, 120)) +
            "</code></td><td class=\"words seen-at\">" + seen + "</td></tr>\n";
  }
  if (rows.empty()) return "";
  return table(
      "The writes that took longest to be everywhere",
      column("written at") + column("when") + column("took") + wide_column("what") + wide_column("visible after"), rows,
      subject.chronicle.slowest().size());
}

std::string incidents_table(const Subject& subject) {
  std::vector<Incident> all;
  for (const Span& span : subject.chronicle.spans()) {
    if (span.kind == Span::Kind::session) continue;
    all.push_back({span.from, incident_of(span, subject.hosts) + ", for " + words(span.to - span.from)});
  }
  for (const Mark& mark : subject.chronicle.marks()) {
    if (mark.kind != Mark::Kind::started) all.push_back({mark.at, incident_of(mark, subject.hosts)});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Incident& left, const Incident& right) { return left.at < right.at; });
  std::string rows;
  for (std::size_t i = 0; i < std::min(all.size(), incidents_max); ++i)
    rows += "<tr>" + head(words(all[i].at)) + "<td class=\"words\">" + escaped(all[i].what) + "</td></tr>\n";
  if (all.empty()) return "<p>Nothing went wrong in this run.</p>\n";
  std::string text = "<details><summary>All " + counted(all.size(), "incident") +
                     " as a list</summary><table><thead><tr>" + column("at") + wide_column("what") +
                     "</tr></thead><tbody>\n" + rows + "</tbody></table>\n";
  if (all.size() > incidents_max) text += "<p class=\"note\">The first " + count_words(incidents_max) + ".</p>\n";
  return text + "</details>\n";
}

}  // namespace skerry::simulations::html
