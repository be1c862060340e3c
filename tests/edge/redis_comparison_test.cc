// The same requests to redis-server 7.0 and to us: the replies are the same bytes, but for the order of what has none
// and for the milliseconds that pass.  Skipped where there is no redis-server.
#include <chrono>
#include <fstream>
#include <set>

#include "core/random.h"
#include "tests/edge/commands_fixture.h"
#include "tests/edge/redis_server.h"

namespace skerry::edge {
namespace {

using Words = std::vector<std::string>;

// What of a reply has no order.
enum class Order { full, elements, pairs, second_elements, second_pairs, everywhere };

Order order_of(const Words& words) {
  std::string name = words[0];
  for (char& byte : name) byte = static_cast<char>(std::tolower(byte));
  if (name == "smembers" || name == "keys" || name == "hkeys" || name == "hvals") return Order::elements;
  if (name == "hgetall") return Order::pairs;
  if (name == "scan" || name == "sscan") return Order::second_elements;
  if (name == "hscan" || name == "zscan") return Order::second_pairs;
  return name == "exec" ? Order::everywhere : Order::full;
}

void sort_everywhere(ReplyTree& tree) {
  for (ReplyTree& element : tree.elements) {
    sort_everywhere(element);
    element.sort(1);
  }
}

void sort(ReplyTree& tree, Order order) {
  switch (order) {
    case Order::full:
      return;
    case Order::elements:
      return tree.sort(1);
    case Order::pairs:
      return tree.sort(2);
    case Order::second_elements:
    case Order::second_pairs:
      if (tree.elements.size() == 2) tree.elements[1].sort(order == Order::second_elements ? 1 : 2);
      return;
    case Order::everywhere:
      return sort_everywhere(tree);
  }
}

// Commands whose answer is a time until a deadline, as each server's clock sees it.
bool tells_time_left(const Words& words) {
  std::string name = words[0];
  for (char& byte : name) byte = static_cast<char>(std::tolower(byte));
  return name == "ttl" || name == "pttl" || name == "expiretime" || name == "pexpiretime";
}

// Some milliseconds lie between the two servers' clocks.
bool same_time_left(const ReplyTree& left, const ReplyTree& right) {
  if (left.marker != ':' || right.marker != ':') return false;
  const long long one = std::stoll(left.text);
  const long long other = std::stoll(right.text);
  return one > 10'000 && other > 10'000 && std::abs(one - other) <= 2'000;
}

enum class Times { exact, near };

bool same_tree(const ReplyTree& left, const ReplyTree& right, Times times) {
  if (left.elements.size() != right.elements.size()) return false;
  for (std::size_t i = 0; i < left.elements.size(); ++i) {
    if (!same_tree(left.elements[i], right.elements[i], times)) return false;
  }
  if (left.marker == right.marker && left.text == right.text) return true;
  return times == Times::near && same_time_left(left, right);
}

// `queued`: what an EXEC runs, else nothing.
bool same_replies(const std::string& left, const std::string& right, Order order, Times times,
                  const std::vector<Times>& queued) {
  if (left == right) return true;
  ReplyTree trees[2];
  ReplyReader one(left);
  ReplyReader other(right);
  if (!one.read(trees[0]) || !other.read(trees[1])) return false;
  if (one.used() != left.size() || other.used() != right.size()) return false;
  sort(trees[0], order);
  sort(trees[1], order);
  if (queued.empty() || trees[0].elements.size() != queued.size() || trees[1].elements.size() != queued.size()) {
    return same_tree(trees[0], trees[1], times);
  }
  for (std::size_t i = 0; i < queued.size(); ++i) {
    if (!same_tree(trees[0].elements[i], trees[1].elements[i], queued[i])) return false;
  }
  return trees[0].marker == trees[1].marker;
}

class RedisComparison : public CommandsTest {
 protected:
  void SetUp() override {
    redis_ = RedisServer::start();
    if (redis_ == nullptr) GTEST_SKIP() << "there is no redis-server here";
  }

  // Whether both answer the same; in the same millisecond, as far as that can be.
  ::testing::AssertionResult same(const Words& words) {
    now_.wall = core::from_unix_milliseconds(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
    const std::string theirs = (*redis_)(words);
    const std::string ours = run(words);
    if (++requests_ % 64 == 0) end_turn();
    const Times times = tells_time_left(words) ? Times::near : Times::exact;
    if (ours == "+QUEUED\r\n") queued_.push_back(times);
    const bool ends_queue = words[0] == "EXEC" || words[0] == "DISCARD" || words[0] == "RESET";
    const std::vector<Times> queued = ends_queue ? std::exchange(queued_, {}) : std::vector<Times>();
    if (same_replies(theirs, ours, order_of(words), times, queued)) return ::testing::AssertionSuccess();
    auto failure = ::testing::AssertionFailure() << "request:";
    for (const std::string& word : words) failure << " '" << word << "'";
    return failure << "\nRedis: " << theirs << "\nhere:  " << ours;
  }

  void speak(Protocol protocol) {
    if (protocol == Protocol::resp2) return;
    (*redis_)({"HELLO", "3"});
    run("HELLO 3");
  }

  void compare_files(const std::string& name) {
    std::ifstream file(std::string(SKERRY_SOURCE_DIR) + "/tests/edge/redis/" + name);
    ASSERT_TRUE(file.is_open()) << name;
    std::size_t requests = 0;
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line.front() == '#') continue;
      // Read as the server reads a line typed by hand, so that a file can hold any byte.
      RequestParser parser;
      line += "\n";
      ASSERT_EQ(parser.parse({line.data(), line.size()}), RequestParser::Progress::complete);
      EXPECT_TRUE(same(Words(parser.arguments().begin(), parser.arguments().end()))) << name;
      ++requests;
    }
    EXPECT_GT(requests, 20u);
  }

  std::unique_ptr<RedisServer> redis_;
  std::size_t requests_ = 0;
  std::vector<Times> queued_;  // since MULTI
};

class InBothVersions : public RedisComparison, public ::testing::WithParamInterface<Protocol> {
 protected:
  void SetUp() override {
    RedisComparison::SetUp();
    if (redis_ != nullptr) speak(GetParam());
  }
};

TEST_P(InBothVersions, Strings) {
  compare_files("strings.txt");
}
TEST_P(InBothVersions, Keys) {
  compare_files("keys.txt");
}
TEST_P(InBothVersions, Hashes) {
  compare_files("hashes.txt");
}
TEST_P(InBothVersions, Sets) {
  compare_files("sets.txt");
}
TEST_P(InBothVersions, SortedSets) {
  compare_files("sorted_sets.txt");
}
TEST_P(InBothVersions, Transactions) {
  compare_files("transactions.txt");
}
TEST_P(InBothVersions, Connections) {
  compare_files("connections.txt");
}

// Every command with every small number of words that are no options: arity, missing keys, wrong kinds.
TEST_P(InBothVersions, EveryCommandWithFewWords) {
  const std::set<std::string> different = {"info",  "time", "command", "config", "client",
                                           "hello", "quit", "reset",   "wait"};
  for (const Command& command : command_table()) {
    if (is_subcommand(command) || command.group == Group::skerry || different.count(std::string(command.name)))
      continue;
    for (const char* word : {"k", "1"}) {
      for (std::size_t count = 0; count <= 6; ++count) {
        EXPECT_TRUE(same({"DISCARD"}));
        Words words(1 + count, word);
        words[0] = command.name;
        EXPECT_TRUE(same(words));
      }
    }
    EXPECT_TRUE(same({"FLUSHDB"}));
  }
}

// --- random sequences

// Draws words that commands understand more often than not.
class Requests {
 public:
  explicit Requests(std::uint64_t seed) : random_(seed) {}

  Words next() {
    const Shape& shape = shapes[random_.below(std::size(shapes))];
    Words words;
    for (const char* word = shape; *word != '\0';) {
      const char* end = word;
      while (*end != '\0' && *end != ' ') ++end;
      append(words, std::string(word, end));
      word = *end == ' ' ? end + 1 : end;
    }
    if (random_.chance(0.02)) words.push_back(pick({"x", "1", "NX", "", "k1"}));
    if (random_.chance(0.02) && words.size() > 1) words.pop_back();
    return words;
  }

 private:
  using Shape = const char*;
  // Words in capitals stand for themselves; K key, M member or field, V value, N number, F fraction, O a SET option,
  // A a ZADD option, T a far deadline, R a rank, S a score bound.  No WATCH: a write that changes
  // nothing is no change for Redis, but an event here.
  static constexpr Shape shapes[] = {
      "GET K",
      "SET K V",
      "SET K N",
      "SET K V O",
      "SET K V O O",
      "SETNX K V",
      "GETSET K V",
      "GETDEL K",
      "MGET K K K",
      "MSET K V K V",
      "APPEND K V",
      "STRLEN K",
      "INCR K",
      "DECR K",
      "INCRBY K N",
      "DECRBY K N",
      "INCRBYFLOAT K F",
      "GETEX K PERSIST",
      "DEL K",
      "DEL K K",
      "UNLINK K",
      "EXISTS K K",
      "TYPE K",
      "KEYS *",
      "EXPIREAT K T",
      "EXPIREAT K T XX",
      "EXPIREAT K T NX",
      "EXPIREAT K T GT",
      "EXPIREAT K T LT",
      "EXPIRE K -1",
      "TTL K",
      "PTTL K",
      "EXPIRETIME K",
      "PERSIST K",
      "SETEX K 4000000 V",
      "EXPIRE K 4000000",
      "HSET K M V",
      "HSET K M V M N",
      "HSETNX K M V",
      "HMSET K M V",
      "HGET K M",
      "HMGET K M M",
      "HGETALL K",
      "HDEL K M",
      "HDEL K M M",
      "HEXISTS K M",
      "HLEN K",
      "HKEYS K",
      "HVALS K",
      "HINCRBY K M N",
      "HINCRBYFLOAT K M F",
      "HSTRLEN K M",
      "HSCAN K 0",
      "SADD K M",
      "SADD K M M M",
      "SREM K M",
      "SREM K M M",
      "SMEMBERS K",
      "SISMEMBER K M",
      "SMISMEMBER K M M",
      "SCARD K",
      "SSCAN K 0",
      "ZADD K F M",
      "ZADD K F M F M",
      "ZADD K A F M",
      "ZADD K A A F M",
      "ZREM K M",
      "ZSCORE K M",
      "ZMSCORE K M M",
      "ZINCRBY K F M",
      "ZCARD K",
      "ZRANGE K R R",
      "ZRANGE K R R REV WITHSCORES",
      "ZRANGE K S S BYSCORE",
      "ZRANGE K S S BYSCORE REV LIMIT R R",
      "ZRANGE K S S BYSCORE WITHSCORES",
      "ZRANK K M",
      "ZREVRANK K M",
      "ZCOUNT K S S",
      "ZSCAN K 0",
      "MULTI",
      "EXEC",
      "EXEC",
      "EXEC",
      "DISCARD",
      "UNWATCH",
      "PING",
      "ECHO V",
      "SELECT 0",
      "NOSUCH K",
  };

  std::string pick(const Words& words) { return words[random_.below(words.size())]; }

  void append(Words& words, const std::string& symbol) {
    if (symbol.size() > 1 || symbol == "*" || symbol == "0" || symbol == "1") {
      words.push_back(symbol);
      return;
    }
    switch (symbol[0]) {
      case 'K':
        return words.push_back(pick({"k1", "k2", "k3", "k4", "k5", "k6"}));
      case 'M':
        return words.push_back(pick({"a", "b", "c", "d", "e"}));
      case 'V':
        return words.push_back(pick({"v", "", "17", "-3", "1.5", " 1", "long value", std::string("\0\r\n", 3)}));
      case 'N':
        return words.push_back(
            pick({"1", "-1", "100", "0", "9223372036854775807", "-9223372036854775808", "x", "1.5"}));
      case 'F':
        return words.push_back(pick({"1", "-2", "0.5", "0.25", "100", "1e3", "x"}));
      case 'O':
        return append_option(words);
      case 'A':
        return words.push_back(pick({"NX", "XX", "GT", "LT", "CH", "INCR"}));
      case 'T':
        return words.push_back(pick({"4000000000", "4100000000", "4200000000", "1"}));
      case 'R':
        return words.push_back(pick({"0", "1", "2", "-1", "-2", "100", "-100"}));
      case 'S':
        return words.push_back(pick({"-inf", "+inf", "0", "1", "(1", "(0.5", "100", "x"}));
      default:
        return words.push_back(symbol);
    }
  }

  void append_option(Words& words) {
    const std::string option = pick({"NX", "XX", "GET", "KEEPTTL", "EXAT", "PXAT", "nosuch"});
    words.push_back(option);
    if (option == "EXAT") words.push_back(pick({"4000000000", "4100000000", "0", "x"}));
    if (option == "PXAT") words.push_back(pick({"4000000000000", "1", "-1"}));
  }

  core::Random random_;
};

TEST_P(InBothVersions, RandomRequestsGetTheSameReplies) {
  const char* given = std::getenv("SKERRY_SEED");
  const std::uint64_t first = given != nullptr ? std::stoull(given) : 1;
  for (std::uint64_t seed = first; seed < first + 20; ++seed) {
    Requests requests(seed);
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(same(requests.next())) << "SKERRY_SEED=" << seed << ", request " << i;
    EXPECT_TRUE(same({"DISCARD"}));
    EXPECT_TRUE(same({"FLUSHDB"}));
  }
}

INSTANTIATE_TEST_SUITE_P(RedisComparison, InBothVersions, ::testing::Values(Protocol::resp2, Protocol::resp3),
                         [](const auto& version) { return version.param == Protocol::resp2 ? "Resp2" : "Resp3"; });

}  // namespace
}  // namespace skerry::edge
