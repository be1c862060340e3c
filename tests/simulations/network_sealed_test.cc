#include <gtest/gtest.h>

#include "simulations/noise_sealing.h"
#include "tests/simulations/network_fixture.h"

namespace skerry::simulations {
namespace {

std::unique_ptr<Keys> noise(std::uint64_t seed) {
  return std::make_unique<NoiseKeys>(Streams(seed), 2);
}

// Records that guard nothing.
class OpenSealing final : public Sealing {
 public:
  const core::Bytes& last_message() const override { return message_; }
  bool accept(core::BytesView) override { return true; }
  core::Result<core::Bytes> seal(unsigned, core::BytesView plain) override { return core::Bytes(plain); }
  core::Result<core::Bytes> open(unsigned, core::BytesView sealed) override { return core::Bytes(sealed); }

 private:
  core::Bytes message_ = "message";
};
// Records that are opened one too late.
class LateSealing final : public Sealing {
 public:
  const core::Bytes& last_message() const override { return message_; }
  bool accept(core::BytesView message) override { return message == message_; }
  core::Result<core::Bytes> seal(unsigned, core::BytesView plain) override {
    sent_.emplace_back(plain);
    return core::Bytes(plain);
  }
  core::Result<core::Bytes> open(unsigned, core::BytesView) override {
    return opened_++ == 0 ? core::Bytes() : sent_[opened_ - 2];
  }

 private:
  core::Bytes message_ = "message";
  std::vector<core::Bytes> sent_;
  std::size_t opened_ = 0;
};
class LateKeys final : public Keys {
 public:
  std::unique_ptr<Sealing> session(HostIndex, HostIndex) override { return std::make_unique<LateSealing>(); }
};
class OpenKeys final : public Keys {
 public:
  std::unique_ptr<Sealing> session(HostIndex, HostIndex) override { return std::make_unique<OpenSealing>(); }
};

Conditions damaging(double damage, std::uint64_t seed) {
  Conditions conditions = quiet_conditions(2);
  conditions.seed = seed;
  conditions.network.damage = damage;
  return conditions;
}

TEST(SealedNetwork, CarriesFramesOfAnySize) {
  Ends ends(damaging(0, 1), noise(1));
  ends.pass(1s);
  ASSERT_TRUE(ends.link(0, 1));
  const std::string large(300'000, 'x');
  ends.send(0, 1, "one");
  ends.send(0, 1, large);
  ends.send(1, 0, "back");
  ends.pass(1s);
  EXPECT_EQ(ends.heard[1], "one" + large);
  EXPECT_EQ(ends.heard[0], "back");
  EXPECT_EQ(ends.forgeries, 0);
}

TEST(SealedNetwork, LetsNothingThroughThatWasDamaged) {
  std::uint64_t sessions = 0, silent = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Ends ends(damaging(0.2, seed), noise(seed));
    for (int i = 0; i < 40; ++i) {
      ends.pass(100ms);
      if (!ends.link(0, 1)) continue;
      const std::uint64_t damaged = ends.network.counts().packets_damaged;
      const auto link = ends.link(0, 1);
      ends.send(0, 1, std::to_string(i) + ".");
      ends.pass(50ms);
      const bool whole = ends.heard[1].ends_with(std::to_string(i) + ".");
      if (whole) {
        EXPECT_EQ(damaged, ends.network.counts().packets_damaged);
      }
      // A record that has lost bytes waits for its end, and the session for its silence.
      silent += !whole && ends.link(0, 1) == link ? 1 : 0;
    }
    ends.pass(10s);
    sessions += ends.network.counts().sessions;
    EXPECT_EQ(ends.forgeries, 0) << "seed " << seed;
  }
  EXPECT_GT(sessions, 100u);
  EXPECT_GT(silent, 5u);
}

TEST(SealedNetwork, NoticesWhatIsLetThrough) {
  Ends ends(damaging(1, 1), std::make_unique<OpenKeys>());
  ends.pass(1s);
  EXPECT_GT(ends.forgeries, 0);
}

// One record in 256 that has lost its last byte finds it at the beginning of the next: seed 306107 of the full profile.
TEST(SealedNetwork, ARecordMayFindItsLostEndInTheNext) {
  std::uint64_t found = 0;
  for (std::uint64_t seed = 1; found == 0; ++seed) {
    ASSERT_LT(seed, 100u);
    NoiseKeys keys(Streams(seed), 2);
    for (int i = 0; i < 100; ++i) {
      const std::unique_ptr<Sealing> session = keys.session(0, 1);
      ASSERT_TRUE(session->accept(session->last_message()));
      core::Bytes cut = *session->seal(0, "first");
      if (cut.back() != 0) continue;
      cut.pop_back();
      ++found;
      EXPECT_EQ(*session->open(0, cut), "");
      EXPECT_EQ(*session->open(0, *session->seal(0, "second")), "first");
    }
  }
}

TEST(SealedNetwork, WhatIsOpenedLateIsNotForged) {
  int cut = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Ends ends(damaging(0.3, seed), std::make_unique<LateKeys>());
    ends.pass(1s);
    if (!ends.link(0, 1) || ends.network.counts().packets_damaged > 0) continue;
    ends.send(0, 1, "first");
    ends.pass(100ms);
    if (ends.network.counts().packets_damaged == 0) continue;
    ++cut;
    ends.send(0, 1, "second");
    ends.send(0, 1, "third");
    ends.pass(1s);
    EXPECT_EQ(ends.forgeries, 0);
    EXPECT_EQ(ends.heard[1], "") << "a stream that has lost a byte is over";
  }
  EXPECT_GT(cut, 0);
}

TEST(SealedNetwork, ASessionThatHasSentAllThatItMayIsFollowedByAnother) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Ends ends(damaging(0, seed), noise(seed));
    std::size_t sent = 0;
    for (int i = 0; i < 6'000 && ends.network.counts().sessions_lost == 0; ++i) {
      ends.pass(40ms);
      ends.send(0, 1, "x");
      ++sent;
      ends.pass(1ms);
    }
    if (ends.network.counts().sessions_lost == 0) continue;
    ends.pass(1s);
    EXPECT_EQ(ends.heard[1].size() + 1, sent) << "all but the one that was too much";
    EXPECT_TRUE(ends.link(0, 1));
    EXPECT_EQ(ends.forgeries, 0);
    return;
  }
  FAIL() << "no session has such a limit";
}

}  // namespace
}  // namespace skerry::simulations
