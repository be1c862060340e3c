#include "edge/call.h"

#include "tests/edge/commands_fixture.h"

namespace skerry::edge {
namespace {

// Runs the parts of handlers by themselves, as a command on `words` would.
class CallTest : public CommandsTest {
 protected:
  explicit CallTest(std::vector<std::string> words = {"expire", "k", "1"}) : words_(std::move(words)) {}

  std::vector<std::string> words_;
  std::vector<BytesView> views_{words_.begin(), words_.end()};  // before call_, which sees so many as there are then
  Bytes bytes_;
  Reply reply_{bytes_, Protocol::resp2};
  sync::Transaction transaction_{replica_->begin({0}, now_)};
  Call call_{commands_, run.session(), *find_command(words_[0]), views_, reply_, now_, &transaction_, {}};
};

TEST_F(CallTest, ErrorsOfTheEngineBecomeRediss) {
  answer_error(call_, {core::ErrorCode::wrong_type, "x"});
  answer_error(call_, {core::ErrorCode::not_a_number, "x"}, {"ERR no number", "ERR too much"});
  answer_error(call_, {core::ErrorCode::overflow, "x"}, {"ERR no number", "ERR too much"});
  answer_error(call_, {core::ErrorCode::io, "the disk is gone"});
  error_naming_command(call_, "wrong number of arguments for");
  EXPECT_EQ(bytes_, wrong_kind + error("ERR no number") + error("ERR too much") + error("ERR the disk is gone") +
                        error("ERR wrong number of arguments for 'expire' command"));
}

TEST_F(CallTest, DeadlinesAreComputedWithoutOverflow) {
  const auto at = [this](BytesView word, TimeForm form, TimeRange range) {
    const auto deadline = deadline_argument(call_, word, form, range);
    return deadline ? std::optional(core::unix_milliseconds(*deadline)) : std::nullopt;
  };
  constexpr TimeForm seconds{TimeUnit::seconds, TimeBase::now};
  constexpr TimeForm epoch_ms{TimeUnit::milliseconds, TimeBase::epoch};
  EXPECT_EQ(at("2", seconds, TimeRange::positive), 1'700'000'002'000);
  EXPECT_EQ(at("-2", seconds, TimeRange::any), 1'699'999'998'000);
  EXPECT_EQ(at("9223372036854775807", epoch_ms, TimeRange::any), INT64_MAX);
  EXPECT_TRUE(bytes_.empty());
  EXPECT_EQ(at("0", seconds, TimeRange::positive), std::nullopt);
  EXPECT_EQ(at("9223372036854775", seconds, TimeRange::any), std::nullopt);
  EXPECT_EQ(at("-9223372036854776", seconds, TimeRange::any), std::nullopt);
  EXPECT_EQ(at("x", seconds, TimeRange::any), std::nullopt);
}

class CallOnManyMembers : public CallTest {
 protected:
  explicit CallOnManyMembers(std::size_t members) : CallTest(words(members)) {}
  static std::vector<std::string> words(std::size_t members) {
    std::vector<std::string> made = {"sadd", "k"};
    for (std::size_t i = 0; i < members; ++i) made.push_back("m" + std::to_string(i));
    return made;
  }
};
class CallThatFits : public CallOnManyMembers {
 protected:
  CallThatFits() : CallOnManyMembers(sync::batch_events_max) {}
};
class CallThatDoesNotFit : public CallOnManyMembers {
 protected:
  CallThatDoesNotFit() : CallOnManyMembers(sync::batch_events_max + 1) {}
};

TEST_F(CallThatFits, IsNotRefused) {
  EXPECT_TRUE(members_fit(call_, 2, 1));
  EXPECT_TRUE(bytes_.empty());
}

TEST_F(CallThatDoesNotFit, IsRefused) {
  EXPECT_FALSE(members_fit(call_, 2, 1));
  EXPECT_EQ(bytes_, error("ERR too much for one batch: at most 16384 events and 16777216 bytes"));
}

TEST_F(CallTest, AKeyOfAnotherKindIsNotOpened) {
  auto key = open(call_, "k");
  ASSERT_TRUE(key.has_value());
  ASSERT_TRUE(key->write().set_add("m").has_value());
  EXPECT_TRUE(open(call_, "k", Kind::set)->exists);
  EXPECT_FALSE(open(call_, "nosuch", Kind::set)->exists);
  EXPECT_TRUE(bytes_.empty());
  EXPECT_FALSE(open(call_, "k", Kind::hash).has_value());
  EXPECT_EQ(bytes_, wrong_kind);
}

}  // namespace
}  // namespace skerry::edge
