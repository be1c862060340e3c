// GET SET and their kin; counters.  A value is read and then written in one transaction, so NX, XX and GET decide by
// what this region sees.
#include "crdt/number.h"
#include "edge/commands.h"
#include "edge/handlers.h"

namespace skerry::edge::handlers {

namespace {

constexpr NumberTexts float_texts{not_a_float, "ERR increment would produce NaN or Infinity"};

void answer_value(Call& call, const Opened& opened) {
  opened.exists ? call.reply.bulk(opened.key.string(call.commands.scratch())) : call.reply.null();
}

// One event and an answer of OK.
void set_and_answer(Call& call, sync::KeyAccess& key, BytesView value, crdt::DeadlineChoice deadline) {
  if (succeeded(call, key.write().set(value, deadline))) call.reply.ok();
}

void set_with_deadline(Call& call, TimeForm form) {
  const auto deadline = deadline_argument(call, call[2], form, TimeRange::positive);
  if (!deadline) return;
  auto key = open(call, call[1]);
  if (key) set_and_answer(call, *key, call[3], *deadline);
}

void increment(Call& call, std::int64_t by) {
  auto key = open(call, call[1]);
  if (!key) return;
  const auto value = key->write().increment(by);
  if (succeeded(call, value)) call.reply.integer(*value);
}

// What the words behind SET's value, or GETEX's key, ask for.
struct Options {
  bool if_absent = false;
  bool if_present = false;
  bool answer_old = false;
  bool keep_deadline = false;
  bool persist = false;
  std::optional<TimeForm> form;
  BytesView time;
};

// As Redis reads them: a word may come twice, one that contradicts another may not.
enum class OptionsOf { set, getex };
std::optional<Options> parse_options(Arguments words, OptionsOf of) {
  const bool set = of == OptionsOf::set;
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto form = time_form(words[i]);
    const bool other_form = options.form && options.form != form;
    if (set && same_word(words[i], "nx") && !options.if_present) {
      options.if_absent = true;
    } else if (set && same_word(words[i], "xx") && !options.if_absent) {
      options.if_present = true;
    } else if (set && same_word(words[i], "get")) {
      options.answer_old = true;
    } else if (set && same_word(words[i], "keepttl") && !options.form) {
      options.keep_deadline = true;
    } else if (!set && same_word(words[i], "persist") && !options.form) {
      options.persist = true;
    } else if (form && !options.keep_deadline && !options.persist && !other_form && i + 1 < words.size()) {
      options.form = form;
      options.time = words[++i];
    } else {
      return std::nullopt;
    }
  }
  return options;
}

void set_with_options(Call& call, const Options& options) {
  crdt::DeadlineChoice deadline;
  if (options.keep_deadline) deadline = crdt::KeepDeadline{};
  if (options.form) {
    const auto chosen = deadline_argument(call, options.time, *options.form, TimeRange::positive);
    if (!chosen) return;
    deadline = *chosen;
  }
  auto key = open(call, call[1]);
  if (!key) return;
  const auto kind = key->kind();
  const Reply::Mark before = call.reply.mark();
  if (options.answer_old) {
    if (kind && *kind != Kind::string) return call.reply.error(wrong_type);
    answer_value(call, {*key, kind.has_value()});
  }
  if (options.if_absent ? kind.has_value() : options.if_present && !kind) {
    if (!options.answer_old) call.reply.null();
    return;
  }
  const auto written = key->write().set(call[2], deadline);
  if (!written) call.reply.rewind(before);
  if (succeeded(call, written) && !options.answer_old) call.reply.ok();
}

}  // namespace

void get(Call& call) {
  const auto opened = open(call, call[1], Kind::string);
  if (opened) answer_value(call, *opened);
}

void set(Call& call) {
  if (call.size() > 3) {
    const auto options = parse_options(call.arguments.subspan(3), OptionsOf::set);
    options ? set_with_options(call, *options) : call.reply.error(syntax_error);
    return;
  }
  auto key = open(call, call[1]);
  if (key) set_and_answer(call, *key, call[2], {});
}

void setnx(Call& call) {
  auto key = open(call, call[1]);
  if (!key) return;
  if (key->kind()) return call.reply.integer(0);
  if (succeeded(call, key->write().set(call[2], {}))) call.reply.integer(1);
}

void setex(Call& call) {
  set_with_deadline(call, {TimeUnit::seconds, TimeBase::now});
}
void psetex(Call& call) {
  set_with_deadline(call, {TimeUnit::milliseconds, TimeBase::now});
}

void getset(Call& call) {
  auto opened = open(call, call[1], Kind::string);
  if (!opened) return;
  const Reply::Mark before = call.reply.mark();
  answer_value(call, *opened);
  const auto written = opened->key.write().set(call[2], {});
  if (written) return;
  call.reply.rewind(before);
  answer_error(call, written.error());
}

void getdel(Call& call) {
  auto opened = open(call, call[1], Kind::string);
  if (!opened) return;
  const Reply::Mark before = call.reply.mark();
  answer_value(call, *opened);
  if (!opened->exists) return;
  const auto removed = opened->key.write().remove();
  if (removed) return;
  call.reply.rewind(before);
  answer_error(call, removed.error());
}

void getex(Call& call) {
  const auto options = parse_options(call.arguments.subspan(2), OptionsOf::getex);
  if (!options) return call.reply.error(syntax_error);
  auto opened = open(call, call[1], Kind::string);
  if (!opened) return;
  if (!opened->exists) return call.reply.null();
  std::optional<core::WallTime> deadline;
  if (options->form) {
    deadline = deadline_argument(call, options->time, *options->form, TimeRange::positive);
    if (!deadline) return;
  }
  const Reply::Mark before = call.reply.mark();
  answer_value(call, *opened);
  if (!options->form && !(options->persist && opened->key.deadline())) return;
  const bool passed = deadline && *deadline <= call.now.wall;
  auto writer = opened->key.write();
  const auto written = passed ? writer.remove() : writer.expire(deadline);
  if (written) return;
  call.reply.rewind(before);
  answer_error(call, written.error());
}

void mget(Call& call) {
  const Reply::Mark before = call.reply.mark();
  call.reply.array(call.size() - 1);
  for (std::size_t i = 1; i < call.size() && !call.reply.overflows(); ++i) {
    const auto key = call.data().key(call[i]);
    if (!key) {
      call.reply.rewind(before);
      return answer_error(call, key.error());
    }
    answer_value(call, {*key, key->kind() == Kind::string});
  }
}

void mset(Call& call) {
  if (call.size() % 2 == 0) return error_naming_command(call, "wrong number of arguments for");
  if (!fits_batch(call)) return;
  for (std::size_t i = 1; i < call.size(); i += 2) {
    auto key = open(call, call[i]);
    if (!key || !succeeded(call, key->write().set(call[i + 1], {}))) return;
  }
  call.reply.ok();
}

void append(Call& call) {
  auto opened = open(call, call[1], Kind::string);
  if (!opened) return;
  Bytes& scratch = call.commands.scratch();
  const BytesView old = opened->exists ? opened->key.string(scratch) : BytesView();
  if (old.size() + call[2].size() > sync::value_bytes_max) {
    return call.reply.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  }
  if (old.data() != scratch.data()) scratch = old;  // the write may move what the view shows
  scratch.resize(old.size());
  scratch.append(call[2]);
  const auto size = static_cast<std::int64_t>(scratch.size());
  if (succeeded(call, opened->key.write().set(scratch, crdt::KeepDeadline{}))) call.reply.integer(size);
}

void strlen(Call& call) {
  const auto opened = open(call, call[1], Kind::string);
  if (!opened) return;
  const std::size_t size = opened->exists ? opened->key.string(call.commands.scratch()).size() : 0;
  call.reply.integer(static_cast<std::int64_t>(size));
}

void incr(Call& call) {
  increment(call, 1);
}
void decr(Call& call) {
  increment(call, -1);
}

void incrby(Call& call) {
  const auto by = integer_argument(call, call[2]);
  if (by) increment(call, *by);
}

void decrby(Call& call) {
  const auto by = integer_argument(call, call[2]);
  if (!by) return;
  if (*by == INT64_MIN) return call.reply.error("ERR decrement would overflow");
  increment(call, -*by);
}

void incrbyfloat(Call& call) {
  auto opened = open(call, call[1], Kind::string);
  if (!opened) return;
  const auto by = crdt::parse_float(call[2]);
  if (!by) return call.reply.error(not_a_float);
  const auto value = opened->key.write().increment_float(*by);
  value ? call.reply.bulk(*value) : answer_error(call, value.error(), float_texts);
}

}  // namespace skerry::edge::handlers
