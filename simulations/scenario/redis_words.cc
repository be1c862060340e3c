#include "simulations/scenario/redis_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "crdt/number.h"
#include "simulations/scenario/wording.h"
#include "simulations/workload.h"

namespace skerry::simulations::scenario {

using core::BytesView;
using core::ErrorCode;
using core::Result;

namespace {

// What a word of a command is for.
enum class Part : std::uint8_t { key, member, value, amount, negative_amount, quarters, milliseconds, seconds };

struct Form {
  BytesView name;
  Verb verb;
  BytesView accepted;
  std::array<std::optional<Part>, 3> parts;
  std::int64_t amount = 0;
};

constexpr Form forms[] = {
    {"GET", Verb::get, "GET key", {Part::key}},
    {"HGET", Verb::get, "HGET key field", {Part::key, Part::member}},
    {"HLEN", Verb::get, "HLEN key", {Part::key}},
    {"SISMEMBER", Verb::get, "SISMEMBER key member", {Part::key, Part::member}},
    {"SCARD", Verb::get, "SCARD key", {Part::key}},
    {"ZSCORE", Verb::get, "ZSCORE key member", {Part::key, Part::member}},
    {"ZCARD", Verb::get, "ZCARD key", {Part::key}},
    {"SET", Verb::set, "SET key value, and then EX seconds, PX milliseconds or KEEPTTL", {Part::key, Part::value}},
    {"INCR", Verb::increment, "INCR key", {Part::key}, 1},
    {"DECR", Verb::increment, "DECR key", {Part::key}, -1},
    {"INCRBY", Verb::increment, "INCRBY key number", {Part::key, Part::amount}},
    {"DECRBY", Verb::increment, "DECRBY key number", {Part::key, Part::negative_amount}},
    {"HSET", Verb::hash_set, "HSET key field value", {Part::key, Part::member, Part::value}},
    {"HINCRBY", Verb::hash_increment, "HINCRBY key field number", {Part::key, Part::member, Part::amount}},
    {"HDEL", Verb::hash_remove, "HDEL key field", {Part::key, Part::member}},
    {"SADD", Verb::set_add, "SADD key member", {Part::key, Part::member}},
    {"SMEMBERS", Verb::set_members, "SMEMBERS key", {Part::key}},
    {"SREM", Verb::set_remove, "SREM key member", {Part::key, Part::member}},
    {"ZADD", Verb::score_add, "ZADD key score member", {Part::key, Part::quarters, Part::member}},
    {"ZINCRBY", Verb::score_increment, "ZINCRBY key increment member", {Part::key, Part::quarters, Part::member}},
    {"ZREM", Verb::score_remove, "ZREM key member", {Part::key, Part::member}},
    {"EXPIRE", Verb::expire, "EXPIRE key seconds", {Part::key, Part::seconds}},
    {"PEXPIRE", Verb::expire, "PEXPIRE key milliseconds", {Part::key, Part::milliseconds}},
    {"PERSIST", Verb::persist, "PERSIST key", {Part::key}},
    {"DEL", Verb::remove, "DEL key", {Part::key}},
    {"FLUSHDB", Verb::flush, "FLUSHDB", {}},
};

constexpr std::int64_t lifetime_seconds_max = 86'400 * 3'650;

tl::unexpected<core::Error> not_accepted(const std::string& what) {
  return core::fail(ErrorCode::invalid, what);
}

std::string upper(std::string word) {
  for (char& letter : word) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return word;
}

std::optional<std::int64_t> whole(BytesView word, std::int64_t limit) {
  const auto number = crdt::parse_integer(word);
  return number && *number >= -limit && *number <= limit ? number : std::nullopt;
}

// Whether the word is what the part accepts.
bool put(Part part, const std::string& word, Command& command) {
  std::optional<std::int64_t> number;
  switch (part) {
    case Part::key:
      command.key = word;
      return !word.empty();
    case Part::member:
      command.member = word;
      return !word.empty();  // without a member a read is of the whole key
    case Part::value:
      command.value = word;
      return true;
    case Part::amount:
    case Part::negative_amount:
      number = whole(word, 1'000'000'000);
      command.amount = number.value_or(0) * (part == Part::amount ? 1 : -1);
      return number.has_value();
    case Part::quarters: {
      const auto score = crdt::parse_double(word);
      if (!score || *score < -1e9 || *score > 1e9) return false;
      command.amount = static_cast<std::int64_t>(*score * 4);
      return static_cast<double>(command.amount) == *score * 4;
    }
    case Part::seconds:
    case Part::milliseconds:
      number = whole(word, part == Part::seconds ? lifetime_seconds_max : lifetime_seconds_max * 1'000);
      command.lifetime = std::chrono::milliseconds(number.value_or(0) * (part == Part::seconds ? 1'000 : 1));
      return number.has_value();
  }
  return false;
}

// What may stand behind `SET key value`.
bool put_set_option(const Words& words, std::size_t at, Command& command) {
  const std::string option = upper(words[at]);
  if (option == "KEEPTTL" && at + 1 == words.size()) {
    command.verb = Verb::set_keeping;
    return true;
  }
  if (at + 2 != words.size() || (option != "EX" && option != "PX")) return false;
  command.verb = Verb::set_until;
  return put(option == "EX" ? Part::seconds : Part::milliseconds, words[at + 1], command);
}

// One word of a pattern.
class Filler {
 public:
  Filler(const Filling& filling, core::Random& random, bool is_key)
      : filling_(filling), random_(random), skew_(is_key ? filling.skew : 0) {}

  Result<std::string> fill(const std::string& word) {
    std::string filled;
    std::size_t at = 0;
    while (true) {
      const std::size_t open = word.find('{', at);
      filled += word.substr(at, open - at);
      if (open == std::string::npos) return filled;
      const std::size_t close = word.find('}', open);
      const auto place =
          close == std::string::npos ? std::nullopt : fill_place(word.substr(open + 1, close - open - 1));
      if (!place)
        return not_accepted(in_quotes(word) + ": accepted between braces is {region} or numbers such as {1..200}");
      filled += *place;
      at = close + 1;
    }
  }

 private:
  std::optional<std::string> fill_place(const std::string& place) {
    if (place == "region") return std::string(filling_.region);
    const std::size_t dots = place.find("..");
    if (dots == std::string::npos) return std::nullopt;
    const auto low = whole(place.substr(0, dots), 1'000'000'000);
    const auto high = whole(place.substr(dots + 2), 1'000'000'000);
    if (!low || !high || *low > *high) return std::nullopt;
    if (filling_.number == Filling::Number::least) return std::to_string(*low);
    if (filling_.number == Filling::Number::greatest) return std::to_string(*high);
    const auto count = static_cast<std::uint64_t>(*high - *low + 1);
    return std::to_string(*low + static_cast<std::int64_t>(skewed(random_, count, skew_)));
  }

  const Filling& filling_;
  core::Random& random_;
  std::uint32_t skew_;
};

}  // namespace

Result<Words> words_of(BytesView text) {
  Words words;
  std::size_t at = 0;
  while (true) {
    at = text.find_first_not_of(' ', at);
    if (at == BytesView::npos) break;
    const bool quoted = text[at] == '\'';
    const std::size_t begin = at + (quoted ? 1 : 0);
    const std::size_t end = text.find(quoted ? '\'' : ' ', begin);
    if (quoted && end == BytesView::npos) return not_accepted("a ' opens a word, and none closes it");
    words.emplace_back(text.substr(begin, end - begin));
    if (end == BytesView::npos) break;
    at = end + 1;
  }
  if (words.empty()) return not_accepted("there is no command in it");
  return words;
}

Result<Command> command_of(const Words& words) {
  const std::string name = upper(words.front());
  const auto* form =
      std::find_if(std::begin(forms), std::end(forms), [&](const Form& one) { return one.name == name; });
  if (form == std::end(forms)) {
    std::string known;
    for (const Form& one : forms) known += (known.empty() ? "" : ", ") + std::string(one.name);
    return not_accepted("the simulator does not know " + in_quotes(name) + "; accepted are " + known);
  }
  Command command{.verb = form->verb, .amount = form->amount};
  std::size_t at = 1;
  bool accepted = true;
  for (const auto& part : form->parts) {
    if (part) accepted = accepted && at < words.size() && put(*part, words[at++], command);
  }
  if (accepted && at < words.size()) accepted = form->verb == Verb::set && put_set_option(words, at, command);
  if (accepted) return command;
  const bool scores = form->verb == Verb::score_add || form->verb == Verb::score_increment;
  return not_accepted("accepted is " + std::string(form->accepted) +
                      (scores ? ", in which a score is a multiple of 0.25 up to 1e9" : ""));
}

Result<Words> filled(const Words& pattern, const Filling& filling, core::Random& random) {
  Words words;
  for (const std::string& word : pattern) {
    constexpr std::size_t key_at = 1;
    Result<std::string> one = Filler(filling, random, words.size() == key_at).fill(word);
    if (!one) return core::failure(one);
    words.push_back(std::move(*one));
  }
  return words;
}

}  // namespace skerry::simulations::scenario
