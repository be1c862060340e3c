#include "edge/room_watch.h"

#include <gtest/gtest.h>

#include "tests/edge/captured_log.h"

namespace skerry::edge {
namespace {

using namespace std::chrono_literals;
using sync::Room;

struct AStore {
  Room room() const { return now; }
  std::string shortage() const { return "log.db: full"; }
  void look_for_room() { ++looks; }
  Room now = Room::enough;
  int looks = 0;
};

constexpr core::Instant start{10s};

TEST(RoomWatch, LooksEverySecondWhileThereIsNotEnough) {
  AStore store;
  RoomWatch<AStore> watch(store);
  const tests::CapturedLog log;
  watch.moved(start);
  EXPECT_EQ(watch.look_at(), core::never);
  store.now = Room::scarce;
  watch.moved(start);
  EXPECT_EQ(watch.look_at(), start + 1s);
  EXPECT_FALSE(watch.looks(start + 1s - 1ns));
  watch.look();
  EXPECT_EQ(store.looks, 0) << "not yet";
  EXPECT_TRUE(watch.looks(start + 1s));
  EXPECT_EQ(watch.look_at(), start + 2s);
  watch.look();
  watch.look();
  EXPECT_EQ(store.looks, 1) << "once for each second";
  store.now = Room::enough;
  watch.moved(start + 2s);
  EXPECT_EQ(watch.look_at(), core::never);
}

TEST(RoomWatch, SaysItOnce) {
  AStore store;
  RoomWatch<AStore> watch(store);
  const tests::CapturedLog log;
  for (const Room room : {Room::scarce, Room::scarce, Room::none, Room::scarce}) {
    store.now = room;
    watch.moved(start);
  }
  EXPECT_EQ(log.lines(), 1u);
  EXPECT_NE(log.text().find("the disk is full"), std::string::npos);
  EXPECT_NE(log.text().find("(log.db: full)"), std::string::npos);
  store.now = Room::enough;
  watch.moved(start);
  watch.moved(start);
  EXPECT_EQ(log.lines(), 2u);
  EXPECT_NE(log.text().find("writes are accepted"), std::string::npos);
}

}  // namespace
}  // namespace skerry::edge
