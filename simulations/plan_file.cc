#include "simulations/plan_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <type_traits>

#include "simulations/plan_fields.h"
#include "simulations/plan_values.h"

namespace skerry::simulations {

using namespace plan_fields;
using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::Result;

namespace {

constexpr auto of_network = [](auto& visit) { visit_network(visit); };
constexpr auto of_path = [](auto& visit) { visit_path(visit); };
constexpr auto of_host = [](auto& visit) { visit_host(visit); };
constexpr auto of_fault = [](auto& visit) { visit_fault(visit); };
constexpr auto of_operation = [](auto& visit) { visit_operation(visit); };
constexpr auto of_command = [](auto& visit) { visit_command(visit); };

template <class Value>
constexpr bool is_duration = std::is_same_v<Value, Duration> || std::is_same_v<Value, std::chrono::milliseconds>;

// --- writing

template <class Value>
std::string text_of(const Value& value) {
  if constexpr (std::is_same_v<Value, Bytes>) {
    return plan_values::bytes_text(value);
  } else if constexpr (std::is_same_v<Value, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<Value, double>) {
    return plan_values::double_text(value);
  } else if constexpr (is_duration<Value>) {
    return '"' + plan_values::duration_text(value) + '"';
  } else if constexpr (std::is_enum_v<Value>) {
    return '"' + std::string(name_of(value)) + '"';
  } else if constexpr (std::is_same_v<Value, std::uint64_t>) {
    const bool fits = value <= static_cast<std::uint64_t>(INT64_MAX);  // which is all that TOML has
    return fits ? std::to_string(value) : '"' + std::to_string(value) + '"';
  } else {
    return std::to_string(value);
  }
}

// What a reader looks for in each line, whatever it is.
bool always_written(BytesView name) {
  return name == "at" || name == "kind" || name == "host" || name == "verb";
}

// The fields of one object that are not as they always are.
template <class Object>
class Writer {
 public:
  Writer(const Object& object, const char* separator) : object_(object), separator_(separator) {}
  template <class Place, class... Accepted>
  void operator()(const char* name, Place place, const Accepted&...) {
    static const Object usual{};
    if (always_written(name) || place(object_) != place(usual)) add(name, text_of(place(object_)));
  }
  void add(const char* name, const std::string& value) {
    text_ += (text_.empty() ? "" : separator_) + std::string(name) + " = " + value;
  }
  const std::string& text() const { return text_; }

 private:
  const Object& object_;
  const char* separator_;
  std::string text_;
};

template <class Object, class Fields>
std::string inline_table(const Object& object, Fields fields) {
  Writer writer(object, ", ");
  fields(writer);
  if constexpr (std::is_same_v<Object, Operation>) {
    std::string commands;
    for (const Command& command : object.commands)
      commands += (commands.empty() ? "" : ", ") + inline_table(command, of_command);
    writer.add("commands", "[" + commands + "]");
  }
  return "{ " + writer.text() + " }";
}

template <class Object, class Fields>
std::string list(const char* name, const std::vector<Object>& objects, Fields fields) {
  std::string text = std::string(name) + " = [\n";
  for (const Object& object : objects) text += "  " + inline_table(object, fields) + ",\n";
  return text + "]\n";
}

// --- reading

// One file, and the first thing that is wrong with it.
class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  // REQUIRES that the first thing that is wrong is not known yet; so does each of the readers below.
  void refuse(const toml::source_region& source, const std::string& what, const std::string& accepted) {
    const std::string line = std::to_string(source.begin.line);
    error_ = core::Error{ErrorCode::invalid, file_ + ":" + line + ": " + what + "; accepted is " + accepted};
  }
  bool failed() const { return error_.has_value(); }
  const core::Error& error() const { return *error_; }

  Plan read(const toml::table& top);

 private:
  // Puts the fields of a table into an object.
  template <class Object>
  struct Fields {
    Reader& reader;
    const toml::table& table;
    Object& object;
    std::vector<std::string> known = {};

    template <class Place, class... Accepted>
    void operator()(const char* name, Place place, const Accepted&... accepted) {
      known.emplace_back(name);
      const toml::node* const node = table.get(name);
      if (node != nullptr && !reader.failed()) reader.take(name, *node, place(object), accepted...);
    }
    void refuse_others() {
      for (const auto& [name, node] : table) {
        if (reader.failed() || std::find(known.begin(), known.end(), name.str()) != known.end()) continue;
        std::string accepted;
        for (const std::string& each : known) accepted += (accepted.empty() ? "" : ", ") + each;
        reader.refuse(name.source(), "'" + std::string(name.str()) + "' is not known here", accepted);
      }
    }
  };

  template <class Value>
  void take(const char* name, const toml::node& node, Value& to);
  template <class Value>
  void take(const char* name, const toml::node& node, Value& to, const Range<Value>& range);
  void take_edge(const toml::node& node, Conditions& conditions);
  void take_commands(const toml::table& table, Operation& operation);
  template <class Object, class FieldList, class Check>
  void take_table(const char* name, const toml::node& node, Object& to, FieldList fields, Check check);
  template <class Object, class FieldList, class Check>
  void take_list(const char* name, const toml::table& table, std::vector<Object>& to, FieldList fields, Check check);
  void check(const toml::table& table, const HostConditions& host);
  void check(const toml::table& table, const Fault& fault, std::size_t hosts);
  void check(const toml::table& table, Operation& operation, const Conditions& conditions);

  std::string file_;
  std::optional<core::Error> error_;
};

template <class Value>
void Reader::take(const char* name, const toml::node& node, Value& to) {
  if constexpr (std::is_same_v<Value, bool>) {
    const auto value = node.value_exact<bool>();
    if (value) to = *value;
    if (!value) refuse(node.source(), std::string(name) + " is neither", "true or false");
  } else if constexpr (std::is_same_v<Value, Bytes>) {
    const auto text = node.value_exact<std::string_view>();
    const auto bytes = text ? plan_values::bytes_of(*text) : std::nullopt;
    if (bytes) to = *bytes;
    if (!bytes) refuse(node.source(), std::string(name) + " is no such text", plan_values::bytes_accepted);
  } else {
    const plan_values::Words words = plan_values::words_of(to);
    const auto text = node.value_exact<std::string_view>();
    const auto number = text ? words.number_of(*text) : std::nullopt;
    if (number) to = static_cast<Value>(*number);
    if (!number) refuse(node.source(), std::string(name) + " is not known", words.accepted());
  }
}

template <class Value>
void Reader::take(const char* name, const toml::node& node, Value& to, const Range<Value>& range) {
  std::optional<Value> value;
  std::string accepted = "a number";
  if constexpr (is_duration<Value>) {
    accepted = plan_values::duration_accepted;
    const auto text = node.value_exact<std::string_view>();
    const auto duration = text ? plan_values::duration_of(*text) : std::nullopt;
    if (duration && *duration == std::chrono::duration_cast<Value>(*duration))
      value = std::chrono::duration_cast<Value>(*duration);
  } else if constexpr (std::is_same_v<Value, double>) {
    value = node.value<double>();
  } else {
    accepted = "a whole number";
    const auto text = node.value_exact<std::string_view>();
    const auto number = node.value_exact<std::int64_t>();
    if (number && std::in_range<Value>(*number)) value = static_cast<Value>(*number);
    if constexpr (std::is_same_v<Value, std::uint64_t>) {
      std::uint64_t large = 0;
      if (text && std::from_chars(text->data(), text->data() + text->size(), large).ptr == text->data() + text->size())
        value = large;
    }
  }
  if (value && *value >= range.low && *value <= range.high) {
    to = *value;
  } else {
    refuse(node.source(), std::string(name) + " is out of range or no such value",
           accepted + ", from " + text_of(range.low) + " to " + text_of(range.high));
  }
}

void Reader::take_edge(const toml::node& node, Conditions& conditions) {
  const toml::array* const pair = node.as_array();
  Edge edge;
  bool taken = pair != nullptr && pair->size() == 2;
  for (const bool first : {true, false}) {
    const auto host = taken ? pair->get(first ? 0 : 1)->value_exact<std::int64_t>() : std::nullopt;
    taken = host && *host >= 0 && static_cast<std::uint64_t>(*host) < conditions.hosts.size();
    if (taken) (first ? edge.first : edge.second) = static_cast<HostIndex>(*host);
  }
  if (!taken || edge.first == edge.second)
    return refuse(node.source(), "stay_apart is no pair of hosts", "two different numbers of hosts, such as [0, 2]");
  conditions.stay_apart = edge;
}

template <class Object, class FieldList, class Check>
void Reader::take_table(const char* name, const toml::node& node, Object& to, FieldList fields, Check check) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) return refuse(node.source(), std::string(name) + " is no table", "{ … } with its fields");
  Fields<Object> reading{*this, *table, to};
  fields(reading);
  if constexpr (std::is_same_v<Object, Operation>) {
    reading.known.emplace_back("commands");
    if (!failed()) take_commands(*table, to);
  }
  reading.refuse_others();
  if (!failed()) check(*table);
}

template <class Object, class FieldList, class Check>
void Reader::take_list(const char* name, const toml::table& table, std::vector<Object>& to, FieldList fields,
                       Check check) {
  const toml::node* const node = table.get(name);
  if (node == nullptr || failed()) return;
  const toml::array* const objects = node->as_array();
  if (objects == nullptr) return refuse(node->source(), std::string(name) + " is no list", "[ … ] of tables");
  for (const toml::node& each : *objects) {
    Object& object = to.emplace_back();
    take_table(name, each, object, fields, [&](const toml::table& read) { check(read, object); });
    if (failed()) return;
  }
}

void Reader::take_commands(const toml::table& table, Operation& operation) {
  take_list("commands", table, operation.commands, of_command, [](const toml::table&, const Command&) {});
  if (!failed() && operation.commands.empty())
    refuse(table.source(), "an operation without commands", "commands = [{ verb = \"SET\", … }, …]");
}

// --- what one field cannot know

void Reader::check(const toml::table& table, const HostConditions& host) {
  if (host.disk.sync_min > host.disk.sync_max)
    refuse(table.source(), "sync_min is more than sync_max", "a sync_max that is not less");
}

void Reader::check(const toml::table& table, const Fault& fault, std::size_t hosts) {
  const bool on_path = fault.kind == FaultKind::cut || fault.kind == FaultKind::slow_path;
  const bool counts = fault.kind == FaultKind::slow_path || fault.kind == FaultKind::slow_disk ||
                      fault.kind == FaultKind::sync_error || fault.kind == FaultKind::crash;
  if (fault.host >= hosts || (on_path && (fault.other >= hosts || fault.other == fault.host)))
    refuse(table.source(), "the fault is at a host that is not there",
           "host, and other for a path, below " + std::to_string(hosts));
  else if (counts && (fault.amount < (fault.kind == FaultKind::crash ? 0 : 1) || fault.amount > 1'000'000))
    refuse(table.source(), "amount is out of range for this kind of fault", "a whole number from 1 to 1000000");
}

void Reader::check(const toml::table& table, Operation& operation, const Conditions& conditions) {
  if (operation.host >= conditions.hosts.size())
    refuse(table.source(), "the operation is at a host that is not there",
           "host below " + std::to_string(conditions.hosts.size()));
  else if (operation.space.number >= conditions.spaces)
    refuse(table.source(), "the operation is in a space that is not there",
           "space below " + std::to_string(conditions.spaces));
}

// The hosts first, because the others name them.
Plan Reader::read(const toml::table& top) {
  Plan plan;
  Conditions& conditions = plan.conditions;
  Fields<Conditions> reading{
      *this, top, conditions, {"replay", "network", "hosts", "paths", "stay_apart", "faults", "operations"}};
  if (top["replay"].value_exact<std::int64_t>() != 1) {
    refuse(top.source(), "this is no replay file of this version", "a file with `replay = 1`");
    return plan;
  }
  visit_plan(reading);
  reading.refuse_others();
  take_list("hosts", top, conditions.hosts, of_host,
            [this](const toml::table& table, const HostConditions& host) { check(table, host); });
  const std::size_t hosts = conditions.hosts.size();
  if (!failed() && (hosts == 0 || hosts > hosts_max))
    refuse(top.source(), "hosts has " + std::to_string(hosts), "1 to " + std::to_string(hosts_max));
  if (const toml::node* const network = top.get("network"); network != nullptr && !failed())
    take_table("network", *network, conditions.network, of_network, [&](const toml::table& table) {
      if (conditions.network.delay_min > conditions.network.delay_max)
        refuse(table.source(), "delay_min is more than delay_max", "a delay_max that is not less");
    });
  take_list("paths", top, conditions.paths, of_path, [](const toml::table&, const PathConditions&) {});
  if (!failed() && !conditions.paths.empty() && conditions.paths.size() != hosts * hosts)
    refuse(top.get("paths")->source(), "paths has " + std::to_string(conditions.paths.size()),
           "one from each host to each, or none: " + std::to_string(hosts * hosts));
  if (const toml::node* const apart = top.get("stay_apart"); apart != nullptr && !failed())
    take_edge(*apart, conditions);
  take_list("faults", top, plan.faults, of_fault,
            [&](const toml::table& table, const Fault& fault) { check(table, fault, hosts); });
  take_list("operations", top, plan.operations, of_operation,
            [&](const toml::table& table, Operation& operation) { check(table, operation, conditions); });
  const auto earlier = [](const auto& left, const auto& right) { return left.at < right.at; };
  std::stable_sort(plan.faults.begin(), plan.faults.end(), earlier);
  std::stable_sort(plan.operations.begin(), plan.operations.end(), earlier);
  return plan;
}

}  // namespace

std::string to_toml(const Plan& plan, const std::string& comment) {
  std::string text;
  for (std::size_t begin = 0; begin < comment.size();) {
    const std::size_t end = std::min(comment.find('\n', begin), comment.size());
    text += "# " + plan_values::printable(comment.substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  Writer<Conditions> top(plan.conditions, "\n");
  top.add("replay", "1");
  visit_plan(top);
  if (const auto& apart = plan.conditions.stay_apart)
    top.add("stay_apart", "[" + std::to_string(apart->first) + ", " + std::to_string(apart->second) + "]");
  text += top.text() + "\n";
  text += "network = " + inline_table(plan.conditions.network, of_network) + "\n\n";
  text += list("hosts", plan.conditions.hosts, of_host) + "\n";
  if (!plan.conditions.paths.empty()) text += list("paths", plan.conditions.paths, of_path) + "\n";
  text += list("faults", plan.faults, of_fault) + "\n";
  return text + list("operations", plan.operations, of_operation);
}

Result<Plan> plan_from_toml(BytesView text, const std::string& file) {
  Reader reader(file);
  try {
    Plan plan = reader.read(toml::parse(text, file));
    if (!reader.failed()) return plan;
  } catch (const toml::parse_error& error) {  // toml++'s way to say "malformed"; it ends here
    reader.refuse(error.source(), "this is not TOML: " + std::string(error.description()), "a replay file");
  }
  return tl::make_unexpected(reader.error());
}

Result<Plan> load_plan(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  Bytes text(std::istreambuf_iterator<char>(stream), {});
  if (!stream.is_open() || stream.bad())
    return core::fail(ErrorCode::io, "cannot read '" + file + "'; accepted is a replay file");
  return plan_from_toml(text, file);
}

}  // namespace skerry::simulations
