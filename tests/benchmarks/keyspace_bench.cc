// What one command costs between the parser and the disk: transactions over a store that keeps nothing, one core.
//
//   keyspace_bench [KEYS] [OPERATIONS] [CACHE-MIB]        nanoseconds an operation, for each of the paths that clients
//   take
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "core/random.h"
#include "sync/keyspace.h"
#include "sync/store.h"

namespace {

using namespace skerry;
// Time on the processor, so that whatever else the machine does is left out.
struct Clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock, duration>;
  static time_point now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time_point(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
  }
};

constexpr std::size_t commands_a_commit = 256;

// Takes everything and keeps nothing, so that only our own work is measured.
class Sink final : public sync::Store {
 public:
  void append(sync::Segment segment) override { appended_to_ = segment.last; }
  sync::Lsn durable_to() const override { return appended_to_; }
  sync::Lsn appended_to() const override { return appended_to_; }
  core::Result<void> read_log(sync::Lsn, const SegmentVisitor&) const override { return {}; }
  core::Result<std::optional<core::Bytes>> log_fact(core::BytesView) const override { return std::nullopt; }
  core::Result<void> log_facts(core::BytesView, const RowVisitor&) const override { return {}; }
  core::Result<std::optional<core::Bytes>> read(core::BytesView) const override { return std::nullopt; }
  core::Result<void> scan(core::BytesView, core::BytesView, const RowVisitor&) const override { return {}; }
  core::Result<std::optional<core::Bytes>> row_fact(core::BytesView) const override { return std::nullopt; }
  core::Result<void> row_facts(core::BytesView, const RowVisitor&) const override { return {}; }
  void flush(sync::Flush flush) override { flushed_to_ = flush.complete_to; }
  bool flushing() const override { return false; }
  sync::Lsn flushed_to() const override { return flushed_to_; }
  sync::Room room() const override { return sync::Room::enough; }
  const std::optional<core::Error>& failure() const override { return failure_; }

 private:
  sync::Lsn appended_to_ = 0;
  sync::Lsn flushed_to_ = 0;
  std::optional<core::Error> failure_;
};

class Bench {
 public:
  Bench(std::size_t keys, std::size_t operations, std::size_t cache_bytes)
      : operations_(operations), keyspace_(store_, {.self = {{{1, 2, 3}}}, .cache_bytes = cache_bytes}) {
    if (!keyspace_.load(now())) std::abort();
    for (std::size_t i = 0; i < keys; ++i) {
      char name[32];
      std::snprintf(name, sizeof(name), "key:%012zu", i);
      names_.emplace_back(name);
    }
    core::Random random(1);
    for (std::size_t i = 0; i < operations; ++i) order_.push_back(static_cast<std::uint32_t>(random.below(keys)));
  }

  std::size_t keys() const { return names_.size(); }
  const std::string& name(std::size_t i) const { return names_[i]; }
  sync::Keyspace& keyspace() { return keyspace_; }

  core::Now now() const {
    return {core::Instant(std::chrono::milliseconds(clock_)), core::from_unix_milliseconds(1'700'000'000'000 + clock_)};
  }

  // Runs f(transaction, name) for every operation, each in a transaction of its own; the store's part is not counted.
  template <class F>
  void run(const char* title, F&& each) {
    run(
        title, operations_, [&](std::size_t i) -> const std::string& { return names_[order_[i]]; }, each);
  }

  template <class F>
  void run_in_order(const char* title, F&& each) {
    run(
        title, names_.size(), [&](std::size_t i) -> const std::string& { return names_[i]; }, each);
  }

  void flush(const char* title) {
    const auto begin = Clock::now();
    std::size_t steps = 0;
    Clock::duration longest{};
    do {
      commit();
      const auto before = Clock::now();
      keyspace_.flush_step(now());
      longest = std::max(longest, Clock::now() - before);
      ++steps;
    } while (store_.flushed_to() < keyspace_.staged_to());
    keyspace_.flush_step(now());
    std::printf("%-34s %8.1f ms in %zu steps, the longest %.1f ms\n", title,
                std::chrono::duration<double, std::milli>(Clock::now() - begin).count(), steps,
                std::chrono::duration<double, std::milli>(longest).count());
  }

 private:
  void commit() {
    if (auto segment = keyspace_.take_segment()) store_.append(std::move(*segment));
  }

  template <class Name, class F>
  void run(const char* title, std::size_t count, Name&& name_of, F&& each) {
    Clock::duration commands{};
    Clock::duration commits{};
    for (std::size_t i = 0; i < count;) {
      const auto begin = Clock::now();
      for (const std::size_t end = std::min(count, i + commands_a_commit); i < end; ++i) {
        sync::Transaction transaction = keyspace_.begin({}, now());
        each(transaction, name_of(i));
      }
      const auto done = Clock::now();
      auto segment = keyspace_.take_segment();
      const auto taken = Clock::now();
      if (segment) store_.append(std::move(*segment));

      commands += done - begin;
      commits += taken - done;
      ++clock_;
    }
    const auto nanoseconds = [&](Clock::duration duration) {
      return std::chrono::duration<double, std::nano>(duration).count() / static_cast<double>(count);
    };
    std::printf("%-34s %8.0f ns   + %5.0f ns for the segment\n", title, nanoseconds(commands), nanoseconds(commits));
  }

  std::int64_t clock_ = 0;
  std::size_t operations_;
  std::vector<std::string> names_;
  std::vector<std::uint32_t> order_;
  Sink store_;
  sync::Keyspace keyspace_;
};

template <class T>
void check(const T& result) {
  if (!result) std::abort();
}

void run(std::size_t keys, std::size_t operations, std::size_t cache_bytes) {
  Bench bench(keys, operations, cache_bytes);
  const std::string value(100, 'v');
  core::Bytes scratch;
  std::size_t read = 0;
  const auto set = [&](sync::Transaction& transaction, const std::string& name) {
    auto key = transaction.key(name);
    check(key);
    check(key->write().set(value, {}));
  };
  const auto get = [&](sync::Transaction& transaction, const std::string& name) {
    auto key = transaction.key(name);
    check(key);
    if (key->kind() == sync::Kind::string) read += key->string(scratch).size();
  };
  bench.run_in_order("SET, new keys", set);
  bench.flush("flush of them");
  bench.run("SET, existing keys", set);
  bench.run("GET", get);
  bench.flush("flush of them");
  const std::string one = "one";
  bench.run("SET, the same key", [&](sync::Transaction& t, const std::string&) { set(t, one); });
  bench.run("GET, the same key", [&](sync::Transaction& t, const std::string&) { get(t, one); });
  const std::string counter = "counter";
  bench.run("INCR, the same key",
            [&](sync::Transaction& t, const std::string&) { check(t.key(counter)->write().increment(1)); });
  const std::string hash = "hash";
  bench.run("HSET, one of many fields",
            [&](sync::Transaction& t, const std::string& name) { check(t.key(hash)->write().hash_set(name, value)); });
  const std::string set_name = "set";
  bench.run("SADD, one of many members",
            [&](sync::Transaction& t, const std::string& name) { check(t.key(set_name)->write().set_add(name)); });
  std::printf("(%zu bytes read)\n", read);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t keys = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
  const std::size_t operations = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'000'000;
  const std::size_t cache_mebibytes = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1'024;
  if (keys == 0) return 2;
  run(keys, operations, cache_mebibytes << 20);
  return 0;
}
