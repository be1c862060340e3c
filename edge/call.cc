#include "edge/call.h"

#include <limits>

#include "crdt/number.h"

namespace skerry::edge {

namespace {

// A write may need events beside its own: an expired key is removed first, a deadline written again.
constexpr std::size_t events_a_write_max = 2;
constexpr std::size_t events_beside = 4;

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

bool fits_batch(Call& call, Room room) {
  const std::size_t events = call.data().events() + events_a_write_max * room.writes + events_beside;
  if (events <= sync::batch_events_max + events_a_write_max && room.bytes <= sync::batch_bytes_max) return true;
  call.reply.error("ERR too much for one batch: at most " + std::to_string(sync::batch_events_max) + " writes and " +
                   std::to_string(sync::batch_bytes_max) + " bytes");
  return false;
}

bool members_fit(Call& call, std::size_t first, std::size_t step) {
  const BytesView key = call[1];
  std::size_t bytes = 0;
  for (std::size_t i = first; i < call.size(); ++i) bytes += call[i].size();
  for (std::size_t i = first; i < call.size(); i += step) {
    if (key.size() + call[i].size() > sync::address_bytes_max) {
      call.reply.error("ERR key and member are longer than " + std::to_string(sync::address_bytes_max) + " bytes");
      return false;
    }
  }
  const std::size_t writes = (call.size() - first + step - 1) / step;
  return fits_batch(call, {writes, bytes + writes * key.size()});
}

}  // namespace skerry::edge
