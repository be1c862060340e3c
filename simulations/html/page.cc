#include "simulations/html/page.h"

#include <algorithm>
#include <cstdio>

#include "core/ensure.h"
#include "simulations/html/chart.h"
#include "simulations/html/fault_words.h"
#include "simulations/html/script.h"
#include "simulations/html/style.h"
#include "simulations/html/tables.h"
#include "simulations/html/text.h"
#include "simulations/html/timeline.h"

namespace skerry::simulations::html {

namespace {

// What was cut, down or paused when the run ended.
std::string under_way(const Subject& subject) {
  const Chronicle& chronicle = subject.chronicle;
  std::vector<std::string> all;
  for (const Span& span : chronicle.spans()) {
    if (span.to != chronicle.end()) continue;
    const std::string& name = subject.hosts[span.host];
    if (span.kind == Span::Kind::cut) all.push_back(name + " → " + subject.hosts[span.other] + " cut");
    if (span.kind == Span::Kind::down) all.push_back(name + " down");
    if (span.kind == Span::Kind::paused) all.push_back(name + " paused");
  }
  std::sort(all.begin(), all.end());
  std::string text;
  for (const std::string& each : all) text += (text.empty() ? "" : ", ") + each;
  return text.empty() ? "nothing cut, nobody down" : text;
}

std::string command_line(const std::string& command) {
  return "<p>See it again: <code>" + escaped(command) + "</code></p>";
}

std::string verdict(const Subject& subject) {
  const Report& report = subject.report;
  if (!report.violation) {
    return "<section class=\"verdict holds\" aria-label=\"Verdict\"><p><strong class=\"word\">✓ Holds</strong></p><p>" +
           std::string("What must hold held after each of ") + counted(report.steps, "step") +
           ". When everything had healed, all replicas held the same <strong>" +
           (report.converged_in == Duration{} ? "at once" : "after " + words(report.converged_in)) + "</strong>.</p>" +
           command_line(subject.command) + "</section>\n";
  }
  const Violation& violation = *report.violation;
  std::string text =
      "<section class=\"verdict violated\" aria-label=\"Verdict\"><p><strong class=\"word\">✗ Violated: " +
      escaped(violation.invariant) + " at " + words(report.violated_at) + "</strong></p><p><strong>" +
      escaped(violation.what) + "</strong></p>";
  if (const std::string rule = invariant_words(violation.invariant); !rule.empty())
    text += "<p>" + escaped(violation.invariant) + " says: " + escaped(rule) + "</p>";
  if (!violation.details.empty()) {
    text += "<p>The events involved, and what each replica believed:</p><pre>";
    for (const std::string& line : violation.details) text += escaped(line) + "\n";
    text += "</pre>";
  }
  return text + "<p>At that moment: " + escaped(under_way(subject)) + ".</p>" + command_line(subject.command) +
         "</section>\n";
}

std::string figure(const char* name, const std::string& value) {
  return std::string("<div><dt>") + name + "</dt><dd>" + value + "</dd></div>";
}

std::string figures(const Subject& subject) {
  const Report& report = subject.report;
  const Durations& everywhere = subject.chronicle.lag_everywhere();
  const std::uint64_t never = subject.chronicle.never_everywhere();
  std::uint64_t writes = 0;
  for (HostIndex host = 0; host < subject.hosts.size(); ++host) writes += subject.chronicle.writes_of(host);
  return "<dl class=\"figures\">" + figure("operations", count_words(report.operations)) +
         figure("writes", count_words(writes)) + figure("lag, median", words(everywhere.percentile(0.5))) +
         figure("lag, p99", words(everywhere.percentile(0.99))) + figure("lag, longest", words(everywhere.greatest())) +
         (never == 0 ? "" : figure("never everywhere", count_words(never))) +
         figure("most events apart", count_words(subject.chronicle.apart().greatest())) +
         figure("sent", byte_words(report.network.bytes)) + figure("sessions", count_words(report.network.sessions)) +
         figure("process endings", count_words(report.endings)) + "</dl>\n";
}

std::string fault_model(const Subject& subject) {
  std::string text = "<div class=\"topics\">";
  for (const Topic& topic : fault_words(subject.conditions, subject.hosts)) {
    text += "<section><h3>" + topic.name + "</h3><ul>";
    for (const std::string& sentence : topic.sentences) text += "<li>" + escaped(sentence) + "</li>";
    text += "</ul></section>\n";
  }
  return text + "</div>\n";
}

std::string footer(const Subject& subject) {
  char trace[24];
  std::snprintf(trace, sizeof(trace), "%016llx", static_cast<unsigned long long>(subject.report.trace));
  return "<footer><p>skerry " SKERRY_VERSION
         ": the product’s own replicas in one thread and virtual "
         "time; network, disks, clocks and clients are pretended. Trace <code>" +
         std::string(trace) + "</code> after " + counted(subject.report.steps, "step") +
         ". This file needs no network and no script.</p></footer>\n";
}

constexpr const char* tools =
    "<div class=\"tools\" role=\"group\" aria-label=\"Look closer\"><button value=\"closer\">Closer</button>"
    "<button value=\"wider\">Wider</button><button value=\"earlier\">Earlier</button>"
    "<button value=\"later\">Later</button><button value=\"whole\">Whole run</button>"
    "<span>Or drag over a time; point at a write to follow it. Keys: <kbd>+</kbd> <kbd>−</kbd> <kbd>←</kbd> "
    "<kbd>→</kbd> <kbd>0</kbd></span></div>\n";

}  // namespace

std::vector<std::string> plain_names(std::size_t hosts) {
  std::vector<std::string> names;
  for (std::size_t host = 0; host < hosts; ++host) names.push_back("host " + std::to_string(host));
  return names;
}

std::string page(const Subject& subject) {
  core::ensure(subject.hosts.size() == subject.chronicle.hosts());
  const std::string title = escaped(subject.title);
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
         " – skerry-simulate</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
         "script-src 'unsafe-inline'\"><style>" +
         style() + "</style></head>\n<body>" + symbols() + "<header><h1>" + title + "</h1><p class=\"lead\">" +
         counted(subject.hosts.size(), "replica") + ", " + words(subject.conditions.duration) +
         " of writes and faults in virtual time; then everything heals.</p></header>\n<main>" + verdict(subject) +
         figures(subject) + "<section><h2>Timeline</h2>" + tools + timeline(subject) +
         "</section>\n<section><h2>Divergence over time</h2><p class=\"lead\">Events that some replicas know and not "
         "all, and how many different states there are. One state is agreement.</p>" +
         divergence(subject) +
         "</section>\n<section><h2>Lag</h2><p class=\"lead\">How long a write took until it was visible to readers "
         "elsewhere. The figures at the top are until it was visible everywhere. Percentiles are at most a sixteenth "
         "too high.</p>" +
         lag_table(subject) + slowest_table(subject) + "</section>\n<section><h2>Links</h2>" + traffic_table(subject) +
         "</section>\n<section><h2>What goes wrong in this world</h2>" + fault_model(subject) +
         incidents_table(subject) + "</section></main>\n" + footer(subject) +
         "<div id=\"about\" role=\"status\" hidden></div><script>" + script() + "</script></body></html>\n";
}

}  // namespace skerry::simulations::html
