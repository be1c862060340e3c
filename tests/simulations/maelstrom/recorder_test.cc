#include "simulations/maelstrom/recorder.h"

#include <gtest/gtest.h>

namespace skerry::simulations::maelstrom {
namespace {

using namespace std::chrono_literals;

class RecorderTest : public testing::Test {
 protected:
  Operation adds(std::int64_t element, HostIndex node = 0) {
    return {.at = {},
            .host = node,
            .space = {},
            .commands = {{.verb = Verb::set_add, .key = "set", .member = std::to_string(element)}}};
  }
  void pass(Duration time) { timeline.pass_to(timeline.now() + time); }
  void answer(std::uint64_t request, const Operation& operation, const std::string& text) {
    clients.told(request, operation, operation.commands.front(), text);
    clients.answered(request);
  }
  // "invoke 0, ok 0": what happened and to which process.
  std::string story() {
    std::string text;
    for (const Entry& entry : recorder.finish())
      text += (text.empty() ? "" : ", ") + std::string(name_of(entry.type)) + " " + std::to_string(entry.process);
    return text;
  }

  Timeline timeline;
  Recorder recorder{Workload::g_set, timeline};
  ClientEvents clients = recorder.events();
};

TEST_F(RecorderTest, AnAnswerInTimeIsOk) {
  clients.asked(7, adds(3));
  pass(4s);
  answer(7, adds(3), "1");
  const History& history = recorder.finish();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].time, 0s);
  EXPECT_EQ(history[1].time, 4s);
  EXPECT_EQ(history[1].type, Type::ok);
  EXPECT_EQ(history[1].value, Value(std::int64_t{3}));
}

TEST_F(RecorderTest, AProcessAsksOneThingAtATimeAndAgainWhenItIsAnswered) {
  clients.asked(0, adds(0));
  clients.asked(1, adds(1));
  answer(1, adds(1), "1");
  clients.asked(2, adds(2));
  clients.asked(3, adds(3, 1));
  answer(0, adds(0), "1");
  EXPECT_EQ(story(), "invoke 0, invoke 1, ok 1, invoke 1, invoke 2, ok 0, info 1, info 2")
      << "each node's processes are its own";
}

TEST_F(RecorderTest, WhatIsLostWithItsProcessIsIndefiniteAndItsClientGoes) {
  clients.asked(0, adds(0));
  clients.asked(1, adds(1, 1));
  clients.told(0, adds(0), adds(0).commands.front(), "1");
  clients.hung_up(0);
  clients.asked(2, adds(2));
  answer(2, adds(2), "1");
  answer(1, adds(1, 1), "1");
  EXPECT_EQ(story(), "invoke 0, invoke 1, info 0, invoke 2, ok 2, ok 1");
}

TEST_F(RecorderTest, ALateAnswerFindsNobody) {
  clients.asked(0, adds(0));
  pass(7s);
  answer(0, adds(0), "1");
  const History& history = recorder.finish();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1].type, Type::info);
  EXPECT_EQ(history[1].time, client_timeout) << "when its time was up, not when that was noticed";
  EXPECT_EQ(history[1].value, Value(std::int64_t{0}));
}

TEST_F(RecorderTest, ARefusalAndAnErrorAreDefinite) {
  clients.refused(adds(0));
  clients.asked(0, adds(1));
  answer(0, adds(1), "WRONGTYPE");
  EXPECT_EQ(story(), "invoke 0, fail 0, invoke 0, fail 0");
}

TEST_F(RecorderTest, WhatTheWorkloadDoesNotKnowIsLeftOut) {
  Operation other = adds(0);
  other.commands.front().key = "other";
  clients.asked(0, other);
  clients.refused(other);
  answer(0, other, "1");
  EXPECT_EQ(story(), "");
}

TEST_F(RecorderTest, MarksLastReads) {
  clients.asked(0, adds(0));
  answer(0, adds(0), "1");
  recorder.last_reads_begin();
  const Operation read = *last_read(Workload::g_set, 0);
  clients.asked(1, read);
  answer(1, read, "0");
  const History& history = recorder.finish();
  ASSERT_EQ(history.size(), 4u);
  EXPECT_FALSE(history[1].last);
  EXPECT_TRUE(history[3].last);
  EXPECT_EQ(history[3].value, Value(Elements{0}));
}

}  // namespace
}  // namespace skerry::simulations::maelstrom
