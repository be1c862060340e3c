// One command being run: what its handler may use, and the words that many handlers need.
#pragma once

#include <optional>

#include "core/ensure.h"
#include "core/result.h"
#include "core/time.h"
#include "edge/command_table.h"
#include "edge/resp.h"
#include "edge/session.h"
#include "sync/transaction.h"

namespace skerry::edge {

class Commands;

using core::Kind;

// What the connection does after a command.
struct Outcome {
  enum class Then {
    next,   // goes on with the next request
    close,  // sends what there is, then closes
    room,   // nothing was done: comes back with the same request when the replica is not full any more
    wait,   // Session::wait says for what
  };
  Then then = Then::next;
  BytesView notice{};        // for the log, when the connection is closed for what came over it
  sync::Lsn depends_on = 0;  // the reply may leave when this is durable
  bool used_replica = false;
};

struct Call {
  Commands& commands;
  Session& session;
  const Command& command;
  Arguments arguments;
  Reply& reply;
  const core::Now& now;
  sync::Transaction* transaction;  // of a command that reads or writes keys, else null
  Outcome outcome;

  BytesView operator[](std::size_t i) const { return arguments[i]; }
  std::size_t size() const { return arguments.size(); }
  sync::Transaction& data() const {
    core::ensure(transaction != nullptr);
    return *transaction;
  }
  bool inside_exec() const { return session.queueing; }
};

// --- answers that many commands give
inline constexpr BytesView syntax_error = "ERR syntax error";
inline constexpr BytesView wrong_type = "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr BytesView not_an_integer = "ERR value is not an integer or out of range";
inline constexpr BytesView not_a_float = "ERR value is not a valid float";
// "ERR `before` 'name' command", in lower case as Redis names it.
void error_naming_command(Call& call, BytesView before);
void answer_error(Call& call, const core::Error& error);

// What a command says where a stored number is none, or would leave its range.
struct NumberTexts {
  BytesView not_a_number;
  BytesView overflow;
};
void answer_error(Call& call, const core::Error& error, const NumberTexts& texts);

// Whether there is a value; otherwise the error is answered.
template <class T>
bool succeeded(Call& call, const core::Result<T>& result) {
  if (!result) answer_error(call, result.error());
  return result.has_value();
}

// --- arguments
// The number, or nothing after an error was answered.
std::optional<std::int64_t> integer_argument(Call& call, BytesView word, BytesView error_text = not_an_integer);
std::optional<double> score_argument(Call& call, BytesView word, BytesView error_text = not_a_float);

// When a key is to expire, as EX, PX, EXAT and PXAT and the EXPIRE family say it.
enum class TimeUnit { seconds, milliseconds };
enum class TimeBase { now, epoch };
struct TimeForm {
  TimeUnit unit;
  TimeBase base;
  bool operator==(const TimeForm&) const = default;
};
std::optional<TimeForm> time_form(BytesView option);  // EX, PX, EXAT, PXAT
// The deadline, or nothing after an error was answered.  `must_be_positive`: SET and its kin refuse 0 and below.
enum class TimeRange { positive, any };
std::optional<core::WallTime> deadline_argument(Call& call, BytesView word, TimeForm form, TimeRange range);

// --- keys
struct Opened {
  sync::KeyAccess key;
  bool exists;
};
// The key, when it is absent or of that kind; else nothing, after the error was answered.
std::optional<Opened> open(Call& call, BytesView name, Kind kind);
std::optional<sync::KeyAccess> open(Call& call, BytesView name);

// --- limits, to be asked before the first write of a command, so that a refused command changes nothing.  Whether it
// fits; otherwise the error is answered.
// Inside EXEC it does: the whole queue was asked for.
bool fits_batch(Call& call);
// For a command on members of one key, words `first`, first + step …
bool members_fit(Call& call, std::size_t first, std::size_t step);

}  // namespace skerry::edge
