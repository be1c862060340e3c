#include "edge/batch_estimate.h"

#include "core/random.h"
#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

using Words = std::vector<std::string>;

class BatchEstimateTest : public CommandsTest {
 protected:
  struct Bound {
    std::uint64_t events;
    bool fits;
  };
  Bound bound_of(const std::vector<Words>& batch) {
    sync::Transaction transaction = replica_->begin({0}, now_);
    BatchEstimate estimate(transaction);
    for (const Words& words : batch) {
      const std::vector<BytesView> views(words.begin(), words.end());
      EXPECT_TRUE(estimate.add(*find_command(words[0]), views).has_value());
    }
    return {estimate.events(), estimate.fits()};
  }
  bool fits(const std::vector<Words>& batch) { return bound_of(batch).fits; }
  std::uint64_t estimated(const std::vector<Words>& batch) { return bound_of(batch).events; }
  // How many events there have been.
  std::uint64_t events() {
    std::uint64_t count = 0;
    for (const auto& part : replica_->context({0}).parts()) {
      for (const auto& interval : part.intervals) count += interval.last - interval.first + 1;
    }
    return count;
  }
};

TEST_F(BatchEstimateTest, IsExactForPlainWrites) {
  EXPECT_EQ(estimated({{"SET", "a", "1"}, {"SET", "a", "2"}, {"INCR", "a"}}), 3u);
  EXPECT_EQ(estimated({{"MSET", "a", "1", "b", "2"}}), 2u);
  EXPECT_EQ(estimated({{"HSET", "h", "a", "1", "b", "2"}, {"HDEL", "h", "a"}}), 3u);
  EXPECT_EQ(estimated({{"SADD", "s", "a", "b", "c"}, {"ZADD", "z", "1", "a"}}), 4u);
  EXPECT_EQ(estimated({{"GET", "a"}, {"KEYS", "*"}}), 0u);
}

TEST_F(BatchEstimateTest, CountsTheValueThatAnAppendMakes) {
  const std::string large(4 << 20, 'x');
  run({"SET", "k", large});
  EXPECT_TRUE(fits({{"APPEND", "k", "x"}, {"APPEND", "k", "x"}, {"APPEND", "k", "x"}}));
  EXPECT_FALSE(fits({{"APPEND", "k", "x"}, {"APPEND", "k", "x"}, {"APPEND", "k", "x"}, {"APPEND", "k", "x"}}));
  EXPECT_TRUE(fits({{"SET", "k", ""}, {"APPEND", "k", "x"}, {"APPEND", "k", "x"}, {"APPEND", "k", "x"}}));
}

TEST_F(BatchEstimateTest, CountsTheKeyOfEveryMember) {
  Words words = {"SADD", std::string(32'000, 'k')};
  for (int i = 0; i < 500; ++i) words.push_back("m" + std::to_string(i));
  EXPECT_TRUE(fits({words}));
  EXPECT_FALSE(fits({words, words, words}));
}

TEST_F(BatchEstimateTest, LetsMoreCountersThanFitBeRemovedFirstOfAll) {
  for (int i = 0; i < 20'000; i += 1'000) {
    sync::Transaction transaction = replica_->begin({0}, now_);
    auto key = transaction.key("h");
    for (int field = i; field < i + 1'000; ++field)
      ASSERT_TRUE(key->write().hash_increment(std::to_string(field), 1).has_value());
  }
  for (const Words& removal : {Words{"DEL", "h"}, {"SET", "h", "v"}, {"FLUSHDB"}}) {
    EXPECT_TRUE(fits({removal}));
    EXPECT_TRUE(fits({removal, {"SET", "k", "v"}}));
    EXPECT_FALSE(fits({{"SET", "k", "v"}, removal}));
  }
  run("DEL h");
  EXPECT_EQ(run("DBSIZE"), number(0));
}

// What is promised: never less than a batch comes to.
TEST_F(BatchEstimateTest, IsNeverTooLow) {
  const std::vector<Words> shapes = {{"SET", "k", "1"},
                                     {"SET", "k", "1", "EX", "1"},
                                     {"SET", "k", "v", "NX"},
                                     {"SETNX", "k", "v"},
                                     {"SETEX", "k", "1", "v"},
                                     {"APPEND", "k", "v"},
                                     {"INCR", "k"},
                                     {"INCRBYFLOAT", "k", "0.5"},
                                     {"GETDEL", "k"},
                                     {"GETEX", "k", "EX", "1"},
                                     {"GETEX", "k", "PERSIST"},
                                     {"MSET", "k", "1", "l", "2"},
                                     {"DEL", "k"},
                                     {"UNLINK", "k", "l"},
                                     {"EXPIRE", "k", "1"},
                                     {"EXPIRE", "k", "-1"},
                                     {"PERSIST", "k"},
                                     {"HSET", "k", "a", "1"},
                                     {"HSET", "k", "a", "1", "b", "2"},
                                     {"HINCRBY", "k", "a", "1"},
                                     {"HINCRBYFLOAT", "k", "b", "1"},
                                     {"HDEL", "k", "a", "b"},
                                     {"HSETNX", "k", "c", "1"},
                                     {"SADD", "k", "a", "b"},
                                     {"SREM", "k", "a", "b"},
                                     {"ZADD", "k", "1", "a"},
                                     {"ZADD", "k", "INCR", "1", "a"},
                                     {"ZINCRBY", "k", "1", "b"},
                                     {"ZREM", "k", "a", "b"},
                                     {"FLUSHDB"},
                                     {"GETSET", "k", "v"}};
  core::Random random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Words> batch;
    for (std::uint64_t size = 1 + random.below(5); size > 0; --size) {
      Words words = shapes[random.below(shapes.size())];
      for (std::string& word : words) {
        if (word == "k" && random.chance(0.3)) word = "l";
      }
      batch.push_back(std::move(words));
    }
    const std::uint64_t bound = estimated(batch);
    const std::uint64_t before = events();
    run("MULTI");
    for (const Words& words : batch) run(words);
    run("EXEC");
    ASSERT_LE(events() - before, bound) << "round " << round << ", " << batch.size() << " from " << batch[0][0];
    if (random.chance(0.3)) pass(std::chrono::milliseconds(400));
    if (round % 64 == 0) end_turn();
  }
}

}  // namespace
}  // namespace skerry::edge
