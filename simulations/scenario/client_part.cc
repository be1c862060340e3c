// Who asks for what: [[step]] and [[clients]].
#include <algorithm>

#include "simulations/scenario/scenario_parts.h"

namespace skerry::simulations::scenario {

using namespace std::chrono_literals;

namespace {

constexpr char do_accepted[] = "a command as a Redis client types it, or a list of some that are one batch (MULTI)";

class Readers {
 public:
  Readers(Source& source, Scenario& scenario) : source_(source), scenario_(scenario) {}

  void read_step(const toml::table& table) {
    Fields fields(source_, table, "[[step]]", {"at", "region", "do", "answers"});
    Step step;
    step.place = scenario_.file + ":" + std::to_string(table.source().begin.line);
    const auto at = fields.duration("at", {0s, scenario_.conditions.duration});
    if (!at) return fields.missing("at", duration_accepted);
    step.at = *at;
    const auto name = fields.text("region");
    if (!name) return fields.missing("region", any_of(scenario_.names));
    step.host = host_named(fields, "region", *name, scenario_).value_or(0);
    const std::vector<std::string> texts = fields.texts("do");
    if (texts.empty()) return fields.missing("do", do_accepted);
    for (const std::string& text : texts) {
      const auto words = words_of(text);
      const auto command = words ? command_of(*words) : core::failure(words);
      if (!command) return fields.complain("do", in_quotes(text) + ": " + command.error().detail);
      step.commands.push_back(*command);
      step.text += (step.text.empty() ? "" : "; ") + text;
    }
    step.answers = fields.texts("answers");
    if (!step.answers.empty() && step.answers.size() != step.commands.size())
      return fields.complain("answers", "accepted is one for each command");
    scenario_.steps.push_back(std::move(step));
  }

  void read_clients(const toml::table& table) {
    Fields fields(source_, table, "[[clients]]", {"regions", "from", "until", "rate", "roam", "skew", "mix"});
    Clients clients;
    const Range<Duration> range{0s, scenario_.conditions.duration};
    clients.hosts = hosts_of(fields, "regions", scenario_);
    clients.from = fields.duration("from", range).value_or(0s);
    clients.until = fields.duration("until", range).value_or(range.high);
    clients.rate = fields.number("rate", {0.000'01, 10'000}).value_or(1);
    clients.roam = fields.duration("roam", {100ms, longest}).value_or(0s);
    clients.skew = static_cast<std::uint32_t>(fields.whole("skew", {0, 10}).value_or(0));
    const toml::table* mix = fields.table("mix");
    if (mix == nullptr || mix->empty())
      return fields.missing("mix", "[clients.mix] with commands and how often each of them: \"INCR hits\" = 3");
    for (const auto& [key, weight] : *mix) read_choice(fields, std::string(key.str()), weight, clients);
    const double seconds = std::chrono::duration<double>(clients.until - clients.from).count();
    operations_ += seconds * clients.rate * static_cast<double>(clients.hosts.size());
    if (operations_ > operations_max)
      return fields.complain("rate", "all clients together would ask for more than " + std::to_string(operations_max) +
                                         " things; accepted are fewer");
    scenario_.clients.push_back(std::move(clients));
  }

 private:
  void read_choice(Fields& fields, const std::string& text, const toml::node& weight, Clients& clients) {
    Clients::Choice choice;
    const auto* number = weight.as_integer();
    if (number == nullptr || number->get() < 1 || number->get() > 1'000'000)
      return source_.complain(weight, "[clients.mix]: accepted is a whole number from 1 to 1000000, how often " +
                                          in_quotes(text) + " is drawn beside the others");
    choice.weight = static_cast<std::uint32_t>(number->get());
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(';', at), text.size());
      if (!read_pattern(weight, text.substr(at, end - at), choice)) return;
      at = end + 1;
    }
    if (!fields.source().failed()) clients.mix.push_back(std::move(choice));
  }

  // Whether it is accepted, whatever is drawn for its places.
  bool read_pattern(const toml::node& where, const std::string& text, Clients::Choice& choice) {
    const auto complain = [&](const core::Error& error) {
      source_.complain(where, "[clients.mix] " + in_quotes(text) + ": " + error.detail);
      return false;
    };
    const auto pattern = words_of(text);
    if (!pattern) return complain(pattern.error());
    core::Random none(0);
    for (const auto number : {Filling::Number::least, Filling::Number::greatest}) {
      const auto words = filled(*pattern, {.number = number, .region = scenario_.names.front()}, none);
      if (!words) return complain(words.error());
      if (const auto command = command_of(*words); !command) return complain(command.error());
    }
    choice.commands.push_back(*pattern);
    return true;
  }

  Source& source_;
  Scenario& scenario_;
  double operations_ = 0;
};

}  // namespace

void read_clients(Source& source, const toml::table& top, Scenario& scenario) {
  Readers readers(source, scenario);
  for (const toml::table* table : tables(source, top, "step")) readers.read_step(*table);
  for (const toml::table* table : tables(source, top, "clients")) readers.read_clients(*table);
}

}  // namespace skerry::simulations::scenario
