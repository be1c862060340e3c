#include "simulations/html/sightings.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/simulations/html/small_run.h"

namespace skerry::simulations::html {
namespace {

class Sightings : public testing::Test {
 protected:
  Sightings() : run_(small_plan()), subject_(run_.subject()), scale_(subject_.chronicle.end()) {
    for (HostIndex host = 0; host < 3; ++host) lanes_.push_back(lane_of(host, 3, 24));
  }
  ObservedRun run_;
  Subject subject_;
  TimeScale scale_;
  std::vector<Lane> lanes_;
};

TEST_F(Sightings, EachAuthorHasASignOfItsOwn) {
  std::set<std::string> signs;
  std::set<std::string> colours;
  for (HostIndex host = 0; host < 8; ++host) {
    signs.insert(sign_of(host));
    colours.insert(colour_of(host));
  }
  EXPECT_EQ(signs.size(), 8u);
  EXPECT_EQ(colours.size(), 8u);
}

TEST_F(Sightings, TheLaterTheHigher) {
  const LagScale lags(run_.chronicle());
  EXPECT_EQ(lags.soonest(), 10ms);
  EXPECT_GT(lags.latest(), 5s);
  EXPECT_EQ(sighting_y(lanes_[0], 1us, lags), lanes_[0].sightings.bottom);
  EXPECT_GT(sighting_y(lanes_[0], 100ms, lags), sighting_y(lanes_[0], 1s, lags));
  EXPECT_EQ(sighting_y(lanes_[0], 1h, lags), lanes_[0].sightings.top);
}

TEST_F(Sightings, EveryWriteIsDrawnAndEverywhereItWasSeen) {
  const std::size_t writes = run_.chronicle().writes().size();
  ASSERT_GE(writes, 11u) << "one may have met the host that was down";
  const std::string drawn = sightings(scale_, subject_, lanes_);
  EXPECT_EQ(times(drawn, "v8"), writes);
  EXPECT_EQ(times(drawn, "M") - writes, 2 * writes) << "each is seen at two others";
  EXPECT_EQ(times(journeys(scale_, subject_, lanes_), "L"), 2 * writes) << "they are few";
}

TEST_F(Sightings, OfManyWritesTheSlowestAreFollowed) {
  Plan plan = quiet_plan(3);
  for (int i = 0; i < 400; ++i)
    plan.operations.push_back(operation(5s + i * 100ms, 0, {{.verb = Verb::set_add, .key = "k", .member = "m"}}));
  const ObservedRun run(plan);
  const std::string drawn = journeys(scale_, run.subject(), lanes_);
  EXPECT_EQ(times(drawn, "L"), 2 * run.chronicle().slowest().size());
}

TEST_F(Sightings, DataCannotLeaveItsElement) {
  const std::string data = sightings_data(scale_, subject_, lanes_);
  EXPECT_EQ(data.find('<'), std::string::npos) << data;
  EXPECT_NE(data.find(R"("\u003c/script\u003e\u003cimg src=x onerror=alert(1)\u003e\u0022'\u0026\u005cxff set milk")"),
            std::string::npos)
      << data;
}

}  // namespace
}  // namespace skerry::simulations::html
