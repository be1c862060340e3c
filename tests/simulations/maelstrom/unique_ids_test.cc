#include "simulations/maelstrom/unique_ids.h"

#include <gtest/gtest.h>

#include "tests/simulations/maelstrom/written_history.h"

namespace skerry::simulations::maelstrom {
namespace {

Entry generate(Type type, const std::string& id) {
  return entry(0, type, Function::generate, id);
}

const Entry asked = entry(0, Type::invoke, Function::generate, {});

TEST(UniqueIds, CountsWhatWasAskedAndWhatWasGiven) {
  const UniqueIds result = check_unique_ids({asked, generate(Type::ok, "n0-2"), asked, generate(Type::ok, "n0-10"),
                                             asked, entry(0, Type::info, Function::generate, {})});
  EXPECT_EQ(result.valid, Valid::yes);
  EXPECT_EQ(result.attempted_count, 3u);
  EXPECT_EQ(result.acknowledged_count, 2u);
  EXPECT_EQ(result.duplicated_count, 0u);
  EXPECT_EQ(result.range, (std::pair<std::string, std::string>("n0-10", "n0-2")));
  EXPECT_EQ(verdict_of(result).json,
            "{\"valid?\":true,\"attempted-count\":3,\"acknowledged-count\":2,\"duplicated-count\":0,\"duplicated\":{},"
            "\"range\":[\"n0-10\",\"n0-2\"]}");
}

TEST(UniqueIds, AnIdThatIsGivenTwiceIsWrong) {
  const UniqueIds result = check_unique_ids(
      {asked, generate(Type::ok, "n0-1"), asked, generate(Type::ok, "n1-1"), asked, generate(Type::ok, "n0-1")});
  EXPECT_EQ(result.valid, Valid::no);
  EXPECT_EQ(result.duplicated_count, 1u);
  EXPECT_EQ(result.duplicated, (std::map<std::string, std::uint64_t>{{"n0-1", 2}}));
  EXPECT_EQ(verdict_of(result).problem, "1 ids are given more than once: n0-1 2 times");
}

TEST(UniqueIds, ShowsSomeOfManyAndCountsAll) {
  History history;
  for (int id = 0; id < 60; ++id) {
    for (int times = 0; times < 2 + id % 2; ++times) history.push_back(generate(Type::ok, std::to_string(id)));
  }
  const UniqueIds result = check_unique_ids(history);
  EXPECT_EQ(result.duplicated_count, 60u);
  EXPECT_EQ(result.duplicated.size(), 48u);
  EXPECT_EQ(result.duplicated.count("59"), 1u) << "the oftenest first";
}

TEST(UniqueIds, OfNothingHaveNoRange) {
  EXPECT_EQ(check_unique_ids({}).range, std::nullopt);
  EXPECT_NE(verdict_of(check_unique_ids({})).json.find("\"range\":null"), std::string::npos);
}

}  // namespace
}  // namespace skerry::simulations::maelstrom
