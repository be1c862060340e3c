#include "edge/call.h"

#include <limits>

#include "crdt/number.h"
#include "edge/batch_estimate.h"

namespace skerry::edge {

namespace {

BytesView text_of(const core::Error& error, const NumberTexts& texts) {
  switch (error.code) {
    case core::ErrorCode::wrong_type:
      return wrong_type;
    case core::ErrorCode::not_a_number:
      return texts.not_a_number;
    case core::ErrorCode::overflow:
      return texts.overflow;
    case core::ErrorCode::malformed:
    case core::ErrorCode::too_large:
    case core::ErrorCode::unsupported:
    case core::ErrorCode::invalid:
    case core::ErrorCode::io:
    case core::ErrorCode::no_space:
    case core::ErrorCode::corrupt:
    case core::ErrorCode::refused:
    case core::ErrorCode::busy:
      return {};
  }
  return {};
}

}  // namespace

void error_naming_command(Call& call, BytesView before) {
  Bytes text = "ERR ";
  text.append(before).append(" '").append(call.command.name).append("' command");
  call.reply.error(text);
}

void answer_error(Call& call, const core::Error& error) {
  answer_error(call, error, {not_an_integer, "ERR increment or decrement would overflow"});
}

void answer_error(Call& call, const core::Error& error, const NumberTexts& texts) {
  const BytesView known = text_of(error, texts);
  known.empty() ? call.reply.error("ERR " + error.detail) : call.reply.error(known);
}

std::optional<std::int64_t> integer_argument(Call& call, BytesView word, BytesView error_text) {
  const auto value = crdt::parse_integer(word);
  if (!value) call.reply.error(error_text);
  return value;
}

std::optional<double> score_argument(Call& call, BytesView word, BytesView error_text) {
  const auto value = crdt::parse_double(word);
  if (!value) call.reply.error(error_text);
  return value;
}

std::optional<TimeForm> time_form(BytesView option) {
  if (same_word(option, "ex")) return TimeForm{TimeUnit::seconds, TimeBase::now};
  if (same_word(option, "px")) return TimeForm{TimeUnit::milliseconds, TimeBase::now};
  if (same_word(option, "exat")) return TimeForm{TimeUnit::seconds, TimeBase::epoch};
  if (same_word(option, "pxat")) return TimeForm{TimeUnit::milliseconds, TimeBase::epoch};
  return std::nullopt;
}

std::optional<core::WallTime> deadline_argument(Call& call, BytesView word, TimeForm form, TimeRange range) {
  using Limits = std::numeric_limits<std::int64_t>;
  const auto number = integer_argument(call, word);
  if (!number) return std::nullopt;
  const std::int64_t scale = form.unit == TimeUnit::seconds ? 1'000 : 1;
  const std::int64_t base = form.base == TimeBase::now ? core::unix_milliseconds(call.now.wall) : 0;
  const bool in_range = *number <= Limits::max() / scale && *number >= Limits::min() / scale &&
                        (range == TimeRange::any || *number > 0) && *number * scale <= Limits::max() - base;
  if (!in_range) {
    error_naming_command(call, "invalid expire time in");
    return std::nullopt;
  }
  return core::from_unix_milliseconds(*number * scale + base);
}

std::optional<sync::KeyAccess> open(Call& call, BytesView name) {
  auto key = call.data().key(name);
  if (!succeeded(call, key)) return std::nullopt;
  return *key;
}

std::optional<Opened> open(Call& call, BytesView name, Kind kind) {
  const auto key = open(call, name);
  if (!key) return std::nullopt;
  const auto found = key->kind();
  if (found && *found != kind) {
    call.reply.error(wrong_type);
    return std::nullopt;
  }
  return Opened{*key, found.has_value()};
}

namespace {

// Most commands: so few words on one key that a batch has room for them whatever the key holds.  Asked first, because
// the estimate costs more than an SADD.
bool fits_surely(Call& call) {
  constexpr std::size_t words_max = 64, tallied_max = 1'000, bytes_max = 1 << 20;
  if (call.size() > words_max || call.command.keys.first != call.command.keys.last) return false;
  std::size_t bytes = 0;
  for (const BytesView word : call.arguments) bytes += word.size();
  const auto key = call.data().key(call[1]);
  return bytes <= bytes_max && key && key->tallied(Kind::hash) + key->tallied(Kind::sorted_set) <= tallied_max;
}

}  // namespace

bool fits_batch(Call& call) {
  if (call.inside_exec() || fits_surely(call)) return true;
  BatchEstimate estimate(call.data());
  const auto added = estimate.add(call.command, call.arguments);
  if (!succeeded(call, added)) return false;
  if (!estimate.fits()) call.reply.error("ERR " + too_much_for_a_batch());
  return estimate.fits();
}

bool members_fit(Call& call, std::size_t first, std::size_t step) {
  const BytesView key = call[1];
  for (std::size_t i = first; i < call.size(); i += step) {
    if (key.size() + call[i].size() > sync::address_bytes_max) {
      call.reply.error("ERR key and member are longer than " + std::to_string(sync::address_bytes_max) + " bytes");
      return false;
    }
  }
  return fits_batch(call);
}

}  // namespace skerry::edge
