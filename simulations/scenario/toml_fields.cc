#include "simulations/scenario/toml_fields.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "crdt/number.h"

namespace skerry::simulations::scenario {

namespace {

struct Unit {
  BytesView name;
  double amount;
};

// A number and one of the units behind it.
template <std::size_t count>
std::optional<double> with_unit(BytesView text, const std::array<Unit, count>& units) {
  const std::size_t digits = std::min(text.find_first_not_of("-0123456789."), text.size());
  const auto number = crdt::parse_double(text.substr(0, digits));
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& one) { return one.name == text.substr(digits); });
  if (!number || unit == units.end()) return std::nullopt;
  return *number * unit->amount;
}

constexpr std::array<Unit, 7> times = {
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3'600e9}, {"d", 86'400e9}}};
constexpr std::array<Unit, 5> sizes = {
    {{"B", 1}, {"kB", 1'000}, {"MB", 1'000'000}, {"KiB", 1'024}, {"MiB", 1'048'576}}};

std::string range_text(double low, double high) {
  return "a number from " + std::string(crdt::print_double(low)) + " to " + std::string(crdt::print_double(high));
}

}  // namespace

// --- the file

void Source::complain(const toml::source_region& where, const std::string& what) {
  if (error_) return;
  error_ = core::Error{core::ErrorCode::invalid, file_ + ":" + std::to_string(where.begin.line) + ": " + what};
}

void Source::complain(const toml::node& where, const std::string& what) {
  complain(where.source(), what);
}

std::optional<Duration> parse_duration(BytesView text) {
  const auto nanoseconds = with_unit(text, times);
  if (!nanoseconds || !(std::abs(*nanoseconds) < 9e18)) return std::nullopt;
  return Duration(static_cast<std::int64_t>(std::llround(*nanoseconds)));
}

std::optional<std::uint64_t> parse_size(BytesView text) {
  const auto bytes = with_unit(text, sizes);
  if (!bytes || !(*bytes >= 1 && *bytes < 1e15)) return std::nullopt;
  return static_cast<std::uint64_t>(*bytes);
}

// --- one table

Fields::Fields(Source& source, const toml::table& table, std::string title, const std::vector<std::string>& known)
    : source_(source), table_(table), title_(std::move(title)) {
  for (const auto& [key, value] : table_) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    source_.complain(key.source(), title_ + (title_.empty() ? "" : " ") + in_quotes(key.str()) +
                                       " is not known; accepted are " + any_of(known));
  }
}

const toml::node* Fields::node(BytesView key) const {
  return source_.failed() ? nullptr : table_.get(key);
}

void Fields::complain(BytesView key, const std::string& what) {
  const toml::node* where = table_.get(key);
  source_.complain(where != nullptr ? where->source() : table_.source(),
                   title_ + (title_.empty() ? "" : " ") + std::string(key) + ": " + what);
}

void Fields::missing(BytesView key, BytesView accepted) {
  complain(key, "it is missing; accepted is " + std::string(accepted));
}

std::optional<std::string> Fields::text(BytesView key) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* value = found->as_string()) return value->get();
  complain(key, "this is no text; accepted is a text in quotes");
  return std::nullopt;
}

std::optional<std::string> Fields::word(BytesView key, const std::vector<std::string>& accepted) {
  std::optional<std::string> found = text(key);
  if (!found || std::find(accepted.begin(), accepted.end(), *found) != accepted.end()) return found;
  complain(key, in_quotes(*found) + " is not known; accepted is " + any_of(accepted));
  return std::nullopt;
}

std::optional<Duration> Fields::duration(BytesView key, Range<Duration> range) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = found->as_string();
  const auto time = value != nullptr ? parse_duration(value->get()) : std::nullopt;
  if (!time) {
    complain(key, std::string("this is no time; accepted is ") + duration_accepted);
  } else if (*time < range.low || *time > range.high) {
    const auto seconds = [](Duration part) { return crdt::print_double(std::chrono::duration<double>(part).count()); };
    complain(key, in_quotes(value->get()) + " is out of range; accepted is " + seconds(range.low) + "s to " +
                      seconds(range.high) + "s");
  } else {
    return time;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Fields::size(BytesView key) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = found->as_string();
  const auto bytes = value != nullptr ? parse_size(value->get()) : std::nullopt;
  if (!bytes) complain(key, std::string("this is no size; accepted is ") + size_accepted);
  return bytes;
}

std::optional<double> Fields::number(BytesView key, Range<double> range) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  const auto value = found->is_number() ? found->value<double>() : std::nullopt;
  if (value && *value >= range.low && *value <= range.high) return value;
  complain(key, "accepted is " + range_text(range.low, range.high));
  return std::nullopt;
}

std::optional<std::int64_t> Fields::whole(BytesView key, Range<std::int64_t> range) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = found->as_integer();
  if (value != nullptr && value->get() >= range.low && value->get() <= range.high) return value->get();
  complain(key, "accepted is a whole number from " + std::to_string(range.low) + " to " + std::to_string(range.high));
  return std::nullopt;
}

std::optional<bool> Fields::flag(BytesView key) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* value = found->as_boolean()) return value->get();
  complain(key, "accepted is true or false");
  return std::nullopt;
}

std::vector<std::string> Fields::texts(BytesView key) {
  const toml::node* found = node(key);
  if (found == nullptr) return {};
  if (const auto* one = found->as_string()) return {one->get()};
  std::vector<std::string> texts;
  const toml::array* list = found->as_array();
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (const auto* one = list->get(i)->as_string()) texts.push_back(one->get());
  }
  if (list != nullptr && !texts.empty() && texts.size() == list->size()) return texts;
  complain(key, "accepted is a text in quotes, or a list of some");
  return {};
}

const toml::table* Fields::table(BytesView key) {
  const toml::node* found = node(key);
  if (found == nullptr) return nullptr;
  if (const toml::table* table = found->as_table()) return table;
  complain(key, "this is no table; accepted is [" + std::string(key) + "] and its keys below");
  return nullptr;
}

std::vector<const toml::table*> tables(Source& source, const toml::table& top, BytesView key) {
  const toml::node* node = top.get(key);
  if (node == nullptr || source.failed()) return {};
  const toml::array* list = node->as_array();
  std::vector<const toml::table*> tables;
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (const toml::table* table = list->get(i)->as_table()) tables.push_back(table);
  }
  if (list != nullptr && tables.size() == list->size()) return tables;
  const std::string name(key);
  source.complain(*node, name + " is no list of tables; accepted is [[" + name + "]], once for each");
  return {};
}

}  // namespace skerry::simulations::scenario
