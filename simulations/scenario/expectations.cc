#include "simulations/scenario/expectations.h"

#include <cstdio>

namespace skerry::simulations::scenario {

namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined.empty() ? "no answer" : joined;
}

std::string shown(const std::map<std::string, std::string>& members) {
  std::string text;
  for (const auto& [member, value] : members) {
    text += text.empty() ? "" : ", ";
    text += member.empty() || value.empty() ? member + value : member + "=" + value;
  }
  return text;
}

std::string shown(const Final& final) {
  return final.there ? shown(final.members) : "not there";
}

Judgement judge_final(const Scenario& scenario, World& world, const Final& final) {
  Judgement judgement{.expected = final.key + " is " + shown(final), .found = "in all regions", .met = true};
  for (HostIndex host = 0; host < scenario.names.size(); ++host) {
    const Model::Shown found = world.checkers(core::Space{}).shown(host, final.key);
    const std::map<std::string, std::string> members(found.members.begin(), found.members.end());
    if (found.kind.has_value() == final.there && members == final.members) continue;
    judgement.met = false;
    judgement.found = "in " + scenario.names[host] + " it is " + (found.kind ? shown(members) : "not there") + " (" +
                      final.place + ")";
    break;
  }
  return judgement;
}

}  // namespace

std::string seconds_text(Duration duration) {
  char text[48];
  std::snprintf(text, sizeof(text), "%.3f s", std::chrono::duration<double>(duration).count());
  return text;
}

// A step is known by when and where it is: the first of two at once that has not heard all of its answers.
void Answers::hear(const Operation& operation, const std::string& answer) {
  for (std::size_t step = 0; step < heard_.size(); ++step) {
    const Step& each = scenario_.steps[step];
    if (each.at != operation.at || each.host != operation.host || heard_[step].size() == each.commands.size()) continue;
    heard_[step].push_back(answer);
    return;
  }
}

std::vector<Judgement> Answers::judge() const {
  std::vector<Judgement> judgements;
  for (std::size_t step = 0; step < heard_.size(); ++step) {
    const Step& each = scenario_.steps[step];
    if (each.answers.empty()) continue;
    const bool met = heard_[step] == each.answers;
    const std::string where = seconds_text(each.at) + ", " + scenario_.names[each.host];
    judgements.push_back({where + ": " + each.text + " answers " + joined(each.answers),
                          met ? "yes" : "it was answered " + joined(heard_[step]) + " (" + each.place + ")", met});
  }
  return judgements;
}

std::vector<Judgement> judge(const Scenario& scenario, World& world, const Report& report, const Chronicle& chronicle) {
  const Expectations& expectations = scenario.expectations;
  std::vector<Judgement> judgements;
  const auto at_most = [&](const std::string& what, Duration most, Duration found) {
    judgements.push_back({what + seconds_text(most), seconds_text(found), found <= most});
  };
  if (const auto most = expectations.converged_within)
    at_most("converged within ", *most, report.same_in.value_or(report.converged_in));
  if (const auto most = expectations.lag_p99_max)
    at_most("99 of 100 writes are everywhere within ", *most, chronicle.lag_everywhere().percentile(0.99));
  if (const auto most = expectations.lag_max)
    at_most("each write is everywhere within ", *most, chronicle.lag_everywhere().greatest());
  if (const auto most = expectations.bytes_max) {
    judgements.push_back({"at most " + std::to_string(*most) + " B sent", std::to_string(report.network.bytes) + " B",
                          report.network.bytes <= *most});
  }
  for (const Final& final : expectations.finals) judgements.push_back(judge_final(scenario, world, final));
  return judgements;
}

}  // namespace skerry::simulations::scenario
