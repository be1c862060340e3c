// A TOML file taken apart key by key.  Every error is one sentence with the file, the line, the key, what is wrong and
// what is accepted; the first one is kept, and from then on nothing is read any more.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "core/time.h"
#include "simulations/scenario/wording.h"

namespace skerry::simulations::scenario {

using core::BytesView;
using core::Duration;

// The file as a whole, and what was wrong with it.
class Source {
 public:
  explicit Source(std::string file) : file_(std::move(file)) {}

  // `what` is a sentence's part: "[[fault]] at: '5' is no time; accepted is …".
  void complain(const toml::node& where, const std::string& what);
  void complain(const toml::source_region& where, const std::string& what);
  bool failed() const { return error_.has_value(); }
  // REQUIRES failed().
  const core::Error& error() const { return *error_; }
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::optional<core::Error> error_;
};

// What a number may be, both included.
template <class Number>
struct Range {
  Number low;
  Number high;
};

inline constexpr Duration longest = std::chrono::hours(24 * 30);
inline constexpr Range<Duration> any_time{Duration{0}, longest};

inline constexpr char duration_accepted[] = "a number and its unit (us, ms, s, m, h or d) in quotes, such as \"1.5s\"";
std::optional<Duration> parse_duration(BytesView text);
inline constexpr char size_accepted[] =
    "a whole number and its unit (B, kB, MB, KiB or MiB) in quotes, such as \"64kB\"";
std::optional<std::uint64_t> parse_size(BytesView text);

// One table of it.  A key that is not among the known ones is complained of at once.  What is asked for and absent, or
// wrong, is nothing.  The source and the table outlive it.
class Fields {
 public:
  Fields(Source& source, const toml::table& table, std::string title, const std::vector<std::string>& known);

  const toml::node* node(BytesView key) const;
  std::optional<std::string> text(BytesView key);
  std::optional<std::string> word(BytesView key, const std::vector<std::string>& accepted);
  std::optional<Duration> duration(BytesView key, Range<Duration> range);
  std::optional<std::uint64_t> size(BytesView key);
  std::optional<double> number(BytesView key, Range<double> range);
  std::optional<std::int64_t> whole(BytesView key, Range<std::int64_t> range);
  std::optional<bool> flag(BytesView key);
  // A text, or a list of some.
  std::vector<std::string> texts(BytesView key);
  // The table below a key.
  const toml::table* table(BytesView key);

  // `[[fault]] at: ` and the sentence, at the line of the key, or of the table where the key is not there.
  void complain(BytesView key, const std::string& what);
  void missing(BytesView key, BytesView accepted);
  Source& source() { return source_; }
  const std::string& title() const { return title_; }

 private:
  Source& source_;
  const toml::table& table_;
  std::string title_;
};

// The tables of a list of them (`[[fault]]`), in their order; complains where it is something else.
std::vector<const toml::table*> tables(Source& source, const toml::table& top, BytesView key);

}  // namespace skerry::simulations::scenario
