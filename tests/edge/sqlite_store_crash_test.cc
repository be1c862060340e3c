// A writer that is killed at any moment loses nothing that it had called durable.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "tests/edge/store_contract.h"
#include "tests/edge/store_disk.h"

namespace skerry::tests {
namespace {

struct Promise {
  Lsn durable_to = 0;
  Lsn flushed_to = 0;
};

Bytes entry(Lsn lsn) {
  return "entry " + std::to_string(lsn) + Bytes(lsn % 700, 'x');
}

std::vector<Row> rows_as_of(Lsn lsn) {
  std::vector<Row> rows;
  for (int i = 0; i < 200; ++i) rows.push_back({std::to_string(1'000 + i), std::to_string(lsn)});
  return rows;
}

// The child: appends and flushes as fast as it can, and tells what has become durable.
[[noreturn]] void write_until_killed(const std::string& path, int promises) {
  const auto store = open_store(path);
  std::thread committing([&] {
    for (;;) {
      store->commit_appended();
      store->checkpoint_log();
    }
  });
  std::thread flushing([&] {
    for (;;) store->write_flush();
  });
  for (;;) {
    const Promise promise{store->durable_to(), store->flushed_to()};
    if (::write(promises, &promise, sizeof(promise)) != sizeof(promise)) ::_exit(1);
    if (store->appended_to() - promise.durable_to < 100) {
      const Lsn lsn = store->appended_to() + 1;
      store->append({.first = lsn, .last = lsn, .bytes = entry(lsn), .facts = {{"last", std::to_string(lsn)}}});
    }
    if (!store->flushing() && promise.durable_to > store->flushed_to()) {
      store->flush({.complete_to = promise.durable_to,
                    .rows = rows_as_of(promise.durable_to),
                    .facts = {{"as of", std::to_string(promise.durable_to)}}});
    }
  }
}

// Reads promises for about so many, kills the child in the middle, and returns the last one it made.
Promise kill_after(const std::string& path, int count) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_until_killed(path, ends[1]);
  }
  ::close(ends[1]);
  Promise last, next;
  for (int i = 0; ::read(ends[0], &next, sizeof(next)) == sizeof(next); ++i) {
    last = next;
    if (i == count) ::kill(child, SIGKILL);  // then what it had still said is read to the end
  }
  ::close(ends[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
  return last;
}

TEST(SqliteStoreCrash, AKilledWriterLosesNothingDurable) {
  const TemporaryDirectory directory;
  const std::string path = directory / "data";
  Lsn durable_before = 0;
  for (int kill = 0; kill < 20; ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    const Promise promise = kill_after(path, 50 + 997 * kill % 3'000);
    const auto store = open_store(path);
    ASSERT_NE(store, nullptr);
    const Lsn durable = store->durable_to();
    EXPECT_GE(durable, promise.durable_to);
    EXPECT_GE(durable, durable_before);
    EXPECT_GE(store->flushed_to(), promise.flushed_to);
    EXPECT_LE(store->flushed_to(), durable);
    Lsn lsn = 0;
    for (const SeenSegment& segment : log_from(*store, 1)) {
      ++lsn;
      ASSERT_EQ(segment, (SeenSegment{lsn, lsn, entry(lsn)}));
    }
    EXPECT_EQ(lsn, durable);
    if (durable > 0) {
      EXPECT_EQ(store->log_fact("last").value(), std::to_string(durable));
    }
    const Pairs rows = scan(*store, "", "");
    EXPECT_EQ(rows.size(), store->flushed_to() == 0 ? 0u : 200u);
    for (const auto& [key, value] : rows) ASSERT_EQ(value, std::to_string(store->flushed_to()));
    durable_before = durable;
  }
  EXPECT_GT(durable_before, 20u);
}

}  // namespace
}  // namespace skerry::tests
