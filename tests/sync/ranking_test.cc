// The order of scores against a sorted vector.
#include "sync/ranking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "core/random.h"

namespace skerry::sync {
namespace {

using Place = Ranking::Place;

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<std::string> members(const Ranking& ranking) {
  std::vector<std::string> names;
  for (const Place& place : ranking) names.push_back(place.member);
  return names;
}

TEST(Ranking, IsInTheOrderOfScoresThenOfNames) {
  Ranking ranking;
  ranking.insert(2, "b");
  ranking.insert(2, "a");
  ranking.insert(-infinity, "z");
  ranking.insert(infinity, "");
  ranking.insert(1.5, "c");
  EXPECT_EQ(members(ranking), (std::vector<std::string>{"z", "c", "a", "b", ""}));
}

TEST(Ranking, AMemberWithAnotherScoreIsAnotherPlace) {
  Ranking ranking;
  ranking.insert(1, "a");
  ranking.insert(1, "a");
  ranking.insert(2, "a");
  EXPECT_EQ(ranking.size(), 2u);
  ranking.erase(3, "a");
  ranking.erase(1, "a");
  EXPECT_EQ(ranking.size(), 1u);
  EXPECT_EQ(ranking.begin()->score, 2);
}

TEST(Ranking, FindsWhereScoresBegin) {
  Ranking ranking;
  for (const double score : {1.0, 2.0, 2.0, 3.0}) ranking.insert(score, std::to_string(ranking.size()));
  const auto rank = [&](auto place) { return std::distance(ranking.begin(), place); };
  EXPECT_EQ(rank(ranking.first_from(2)), 1);
  EXPECT_EQ(rank(ranking.first_beyond(2)), 3);
  EXPECT_EQ(rank(ranking.first_from(2.5)), 3);
  EXPECT_EQ(rank(ranking.first_beyond(0)), 0);
  EXPECT_EQ(rank(ranking.first_from(-infinity)), 0);
  EXPECT_EQ(ranking.first_beyond(3), ranking.end());
  EXPECT_EQ(ranking.first_beyond(infinity), ranking.end());
  EXPECT_EQ(ranking.first_beyond(std::numeric_limits<double>::max()), ranking.end());
}

TEST(Ranking, IsStaleFromTheEarliestTimeThatWasNamed) {
  const auto at = [](std::int64_t milliseconds) { return core::from_unix_milliseconds(milliseconds); };
  Ranking ranking;
  EXPECT_FALSE(ranking.stale(at(1'000'000)));
  ranking.stale_from(at(200));
  ranking.stale_from(at(100));
  ranking.stale_from(at(300));
  EXPECT_FALSE(ranking.stale(at(99)));
  EXPECT_TRUE(ranking.stale(at(100)));
}

TEST(Ranking, AnswersAsASortedVectorDoes) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    core::Random random(seed);
    Ranking ranking;
    std::vector<Place> model;
    for (int step = 0; step < 200; ++step) {
      const Place place{static_cast<double>(random.below(6)), std::string(random.below(30), 'm')};
      const auto at = std::lower_bound(model.begin(), model.end(), place);
      const bool there = at != model.end() && !(place < *at);
      if (random.chance(0.6)) {
        ranking.insert(place.score, place.member);
        if (!there) model.insert(at, place);
      } else {
        ranking.erase(place.score, place.member);
        if (there) model.erase(at);
      }
      ASSERT_EQ(ranking.size(), model.size());
      const std::uint64_t rank = random.below(model.size() + 2);
      const auto found = ranking.at_rank(rank);
      ASSERT_EQ(found == ranking.end(), rank >= model.size());
      if (rank < model.size()) {
        ASSERT_EQ(found->member, model[rank].member);
      }
      const double score = static_cast<double>(random.below(7)) - 0.5 * static_cast<double>(random.below(2));
      const auto below = [&](const Place& each) { return each.score < score; };
      const auto up_to = [&](const Place& each) { return each.score <= score; };
      ASSERT_EQ(std::distance(ranking.begin(), ranking.first_from(score)),
                std::count_if(model.begin(), model.end(), below));
      ASSERT_EQ(std::distance(ranking.begin(), ranking.first_beyond(score)),
                std::count_if(model.begin(), model.end(), up_to));
    }
  }
}

TEST(Ranking, WeighsNothingWhenItIsEmptyAgain) {
  Ranking ranking;
  ranking.insert(1, "a");
  const std::size_t light = ranking.heap_bytes();
  ranking.insert(1, std::string(1000, 'a'));
  EXPECT_GT(ranking.heap_bytes(), light + 1000);
  ranking.insert(1, "a");
  ranking.erase(1, std::string(1000, 'a'));
  EXPECT_EQ(ranking.heap_bytes(), light);
  ranking.erase(1, "a");
  ranking.erase(1, "a");
  EXPECT_EQ(ranking.heap_bytes(), 0u);
}

}  // namespace
}  // namespace skerry::sync
