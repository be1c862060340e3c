#include "simulations/maelstrom/history.h"

#include <gtest/gtest.h>

#include "tests/simulations/maelstrom/written_history.h"

namespace skerry::simulations::maelstrom {
namespace {

TEST(History, ACompletionBelongsToWhatItsProcessHasInvoked) {
  const History history = written({read(1), add(2, Type::invoke, 5), read(1, {5}), add(2, Type::ok, 5), read(1),
                                   read(1, {5}), add(3, Type::ok, 6)});
  EXPECT_EQ(invocations_of(history), (std::vector<std::size_t>{0, 1, 0, 1, 4, 4, 6}));
}

TEST(History, CountsCompletions) {
  const History history =
      written({add(0, Type::invoke, 1), add(0, Type::ok, 1), add(0, Type::invoke, 2), add(0, Type::fail, 2),
               add(0, Type::invoke, 3), add(0, Type::info, 3), read(1), read(1, {1})});
  EXPECT_EQ(to_text(stats_of(history)), "4 operations: 2 ok, 1 fail, 1 info");
  EXPECT_EQ(to_json(stats_of(history)), "{\"count\":4,\"ok-count\":2,\"fail-count\":1,\"info-count\":1}");
}

TEST(History, IsWrittenAsJepsenReadsIt) {
  const History history = written({add(0, Type::invoke, -1), read(1), read(1, {1, 2}), last_read(1, 7),
                                   entry(2, Type::ok, Function::generate, std::string("n0-1"))});
  EXPECT_EQ(to_edn(history),
            "{:index 0, :time 0, :type :invoke, :process 0, :f :add, :value -1, :node \"n0\"}\n"
            "{:index 1, :time 1000000, :type :invoke, :process 1, :f :read, :value nil, :node \"n0\"}\n"
            "{:index 2, :time 2000000, :type :ok, :process 1, :f :read, :value [1 2], :node \"n0\"}\n"
            "{:index 3, :time 3000000, :type :ok, :process 1, :f :read, :value 7, :final? true, :node \"n0\"}\n"
            "{:index 4, :time 4000000, :type :ok, :process 2, :f :generate, :value \"n0-1\", :node \"n0\"}\n");
}

}  // namespace
}  // namespace skerry::simulations::maelstrom
