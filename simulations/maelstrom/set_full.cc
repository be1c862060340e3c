#include "simulations/maelstrom/set_full.h"

#include <algorithm>
#include <cmath>

#include "simulations/json.h"

namespace skerry::simulations::maelstrom {

namespace {

// Places in the history.
struct Element {
  std::optional<std::size_t> known;         // the add or the first read with it, whichever was completed first
  std::optional<std::size_t> last_present;  // the last read that began among those with it
  std::optional<std::size_t> last_absent;   // and among those without
};

using Elements = std::map<std::int64_t, Element>;

void raise(std::optional<std::size_t>& place, std::size_t to) {
  place = place ? std::max(*place, to) : to;
}

bool before(const std::optional<std::size_t>& left, const std::optional<std::size_t>& right) {
  return right && (!left || *left < *right);
}

void note_read(Elements& elements, std::vector<std::int64_t> read, std::size_t invoked, std::size_t completed) {
  std::sort(read.begin(), read.end());
  auto next = read.begin();
  for (auto& [number, element] : elements) {
    while (next != read.end() && *next < number) ++next;
    if (next == read.end() || *next != number) {
      raise(element.last_absent, invoked);
      continue;
    }
    if (!element.known) element.known = completed;
    raise(element.last_present, invoked);
  }
}

void note_duplicates(std::map<std::int64_t, std::uint64_t>& duplicated, const std::vector<std::int64_t>& read) {
  std::map<std::int64_t, std::uint64_t> counts;
  for (const std::int64_t element : read) ++counts[element];
  for (const auto& [element, count] : counts) {
    if (count > 1) duplicated[element] = std::max(duplicated[element], count);
  }
}

std::optional<Quantiles> quantiles_of(std::vector<std::int64_t> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  Quantiles quantiles;
  for (std::size_t part = 0; part < std::size(Quantiles::parts); ++part) {
    const auto place =
        static_cast<std::size_t>(std::floor(static_cast<double>(values.size()) * Quantiles::parts[part]));
    quantiles.milliseconds[part] = values[std::min(place, values.size() - 1)];
  }
  return quantiles;
}

// From when it was known until a nanosecond after that read began.
std::int64_t latency(const History& history, const Element& element, const std::optional<std::size_t>& read) {
  if (!read) return 0;
  const Duration time = history[*read].time + Duration(1) - history[*element.known].time;
  return std::max<std::int64_t>(0, time / std::chrono::milliseconds(1));
}

Elements elements_of(const History& history, SetFull& result) {
  Elements elements;
  const std::vector<std::size_t> invocations = invocations_of(history);
  for (std::size_t index = 0; index < history.size(); ++index) {
    const Entry& entry = history[index];
    if (entry.function == Function::read && entry.type == Type::ok) {
      const auto& read = std::get<maelstrom::Elements>(entry.value);
      note_duplicates(result.duplicated, read);
      note_read(elements, read, invocations[index], index);
    }
    if (entry.function != Function::add && entry.function != Function::broadcast) continue;
    Element& element = elements[std::get<std::int64_t>(entry.value)];
    if (entry.type == Type::invoke) element = {};
    if (entry.type == Type::ok && !element.known) element.known = index;
  }
  return elements;
}

std::vector<std::string> texts_of(const std::vector<std::int64_t>& elements) {
  std::vector<std::string> texts;
  for (const std::int64_t element : elements) texts.push_back(std::to_string(element));
  return texts;
}

std::string array_of(const std::vector<std::int64_t>& elements) {
  return "[" + listed(texts_of(elements), elements.size()) + "]";
}

std::string part_text(std::size_t part) {
  static constexpr const char* texts[] = {"0", "0.5", "0.95", "0.99", "1"};
  return texts[part];
}

std::string text_of(const Quantiles& quantiles) {
  std::vector<std::string> texts;
  for (std::size_t part = 0; part < std::size(Quantiles::parts); ++part)
    texts.push_back(part_text(part) + " " + std::to_string(quantiles.milliseconds[part]));
  return "{" + listed(texts, texts.size()) + "} ms";
}

std::string object_of(const Quantiles& quantiles) {
  json::Object members;
  for (std::size_t part = 0; part < std::size(Quantiles::parts); ++part)
    members.add(part_text(part).c_str(), std::to_string(quantiles.milliseconds[part]));
  return members.object();
}

std::string json_of(const SetFull& result) {
  json::Object members;
  members.add("valid?", result.valid == Valid::unknown ? "\"unknown\"" : name_of(result.valid));
  members.add("attempt-count", result.attempt_count);
  members.add("stable-count", result.stable_count);
  members.add("lost-count", result.lost.size());
  members.add("lost", array_of(result.lost));
  members.add("never-read-count", result.never_read.size());
  members.add("never-read", array_of(result.never_read));
  members.add("stale-count", result.stale.size());
  members.add("stale", array_of(result.stale));
  std::string worst;
  for (const SetFull::Stale& stale : result.worst_stale) {
    json::Object one;
    one.add("element", std::to_string(stale.element));
    one.add("stable-latency", std::to_string(stale.stable_latency));
    worst += (worst.empty() ? "" : ",") + one.object();
  }
  members.add("worst-stale", "[" + worst + "]");
  if (result.stable_latencies) members.add("stable-latencies", object_of(*result.stable_latencies));
  if (result.lost_latencies) members.add("lost-latencies", object_of(*result.lost_latencies));
  members.add("duplicated-count", result.duplicated.size());
  json::Object duplicated;
  for (const auto& [element, count] : result.duplicated) duplicated.add(std::to_string(element).c_str(), count);
  members.add("duplicated", duplicated.object());
  return members.object();
}

}  // namespace

SetFull check_set_full(const History& history) {
  SetFull result;
  std::vector<std::int64_t> stable_latencies;
  std::vector<std::int64_t> lost_latencies;
  for (const auto& [number, element] : elements_of(history, result)) {
    ++result.attempt_count;
    if (before(element.last_absent, element.last_present)) {
      ++result.stable_count;
      stable_latencies.push_back(latency(history, element, element.last_absent));
      if (stable_latencies.back() > 0) {
        result.stale.push_back(number);
        result.worst_stale.push_back({number, stable_latencies.back()});
      }
    } else if (element.known && before(element.last_present, element.last_absent) &&
               before(element.known, element.last_absent)) {
      // A read that began before the add was known may have come before the add.
      result.lost.push_back(number);
      lost_latencies.push_back(latency(history, element, element.last_present));
    } else {
      result.never_read.push_back(number);
    }
  }
  constexpr std::size_t worst_max = 8;
  std::sort(result.worst_stale.begin(), result.worst_stale.end(),
            [](const SetFull::Stale& left, const SetFull::Stale& right) {
              return std::pair(left.stable_latency, left.element) > std::pair(right.stable_latency, right.element);
            });
  if (result.worst_stale.size() > worst_max) result.worst_stale.resize(worst_max);
  result.stable_latencies = quantiles_of(std::move(stable_latencies));
  result.lost_latencies = quantiles_of(std::move(lost_latencies));
  result.valid = result.stable_count == 0 ? Valid::unknown : Valid::yes;
  if (!result.lost.empty() || !result.duplicated.empty()) result.valid = Valid::no;
  return result;
}

Verdict verdict_of(const SetFull& result) {
  constexpr std::size_t shown_max = 8;
  const auto counted = [](const std::vector<std::int64_t>& elements) {
    return std::to_string(elements.size()) + (elements.empty() ? "" : ": " + listed(texts_of(elements), shown_max));
  };
  Verdict verdict{result.valid, "", {}, json_of(result)};
  verdict.text = {{"attempted", std::to_string(result.attempt_count)},
                  {"stable", std::to_string(result.stable_count)},
                  {"lost", counted(result.lost)},
                  {"never-read", counted(result.never_read)},
                  {"stale", std::to_string(result.stale.size())},
                  {"duplicated", std::to_string(result.duplicated.size())}};
  std::vector<std::string> worst;
  for (const SetFull::Stale& stale : result.worst_stale)
    worst.push_back(std::to_string(stale.element) + " (" + std::to_string(stale.stable_latency) + " ms)");
  if (!worst.empty()) verdict.text.emplace_back("worst-stale", listed(worst, worst.size()));
  if (result.stable_latencies) verdict.text.emplace_back("stable-latencies", text_of(*result.stable_latencies));
  if (result.lost_latencies) verdict.text.emplace_back("lost-latencies", text_of(*result.lost_latencies));
  if (!result.lost.empty()) {
    verdict.problem = std::to_string(result.lost.size()) + " of " + std::to_string(result.attempt_count) +
                      " elements are lost: " + listed(texts_of(result.lost), shown_max);
  } else if (!result.duplicated.empty()) {
    verdict.problem = "a read holds the element " + std::to_string(result.duplicated.begin()->first) + " " +
                      std::to_string(result.duplicated.begin()->second) + " times";
  }
  return verdict;
}

}  // namespace skerry::simulations::maelstrom
