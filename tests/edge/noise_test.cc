// What the vectors do not show: keys that are missing, points of small order, what is left after the end.
#include "edge/noise.h"

#include "tests/edge/noise_vector.h"

namespace skerry::edge {
namespace {

HandshakeState::Setup setup(const std::string& pattern, NoiseRole role) {
  const auto protocol = parse_protocol_name("Noise_" + pattern + "_25519_ChaChaPoly_SHA256");
  return {*protocol, role, "prologue", generate_key_pair(), generate_private_key(), std::nullopt, {}};
}

HandshakeState started(HandshakeState::Setup from) {
  core::Result<HandshakeState> state = HandshakeState::initialize(std::move(from));
  EXPECT_TRUE(state.has_value());
  return std::move(*state);
}

// The public key of order 8 that does not look like a mistake.
PublicKey point_of_small_order() {
  return PublicKey::of(from_hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"));
}

TEST(HandshakeState, AsksForTheKeysOfItsPattern) {
  const auto refused = [](HandshakeState::Setup from) {
    return !HandshakeState::initialize(std::move(from)).has_value();
  };
  HandshakeState::Setup no_static = setup("XX", NoiseRole::responder);
  no_static.s.private_key.clear();
  EXPECT_TRUE(refused(std::move(no_static)));

  HandshakeState::Setup no_ephemeral = setup("XX", NoiseRole::initiator);
  no_ephemeral.e.clear();
  EXPECT_TRUE(refused(std::move(no_ephemeral)));

  EXPECT_TRUE(refused(setup("IK", NoiseRole::initiator)));  // without the responder's key
  HandshakeState::Setup too_much = setup("XX", NoiseRole::initiator);
  too_much.rs = generate_key_pair().public_key;
  EXPECT_TRUE(refused(std::move(too_much)));

  EXPECT_TRUE(refused(setup("XXpsk0", NoiseRole::initiator)));
  HandshakeState::Setup stray_psk = setup("XX", NoiseRole::initiator);
  stray_psk.psks.push_back(generate_private_key());
  EXPECT_TRUE(refused(std::move(stray_psk)));
}

TEST(HandshakeState, NeedsNoKeyItsPatternDoesNotUse) {
  HandshakeState::Setup bare = setup("NN", NoiseRole::initiator);
  bare.s.private_key.clear();
  EXPECT_TRUE(HandshakeState::initialize(std::move(bare)).has_value());
}

TEST(HandshakeState, RefusesAKnownKeyOfSmallOrder) {
  HandshakeState::Setup from = setup("IK", NoiseRole::initiator);
  from.rs = point_of_small_order();
  EXPECT_FALSE(HandshakeState::initialize(std::move(from)).has_value());
}

// Refused where it is read, not only where a DH would fail: the message may be answered by nothing.
TEST(HandshakeState, RefusesAnEphemeralOfSmallOrder) {
  for (const PublicKey& key : {PublicKey{}, point_of_small_order()}) {
    HandshakeState state = started(setup("XX", NoiseRole::responder));
    EXPECT_FALSE(state.read_message(key.view()).has_value());
    EXPECT_TRUE(state.failed());
    EXPECT_FALSE(state.holds_key());
  }
}

TEST(HandshakeState, RefusesAStaticOfSmallOrder) {
  HandshakeState::Setup from = setup("IX", NoiseRole::initiator);
  from.s.public_key = point_of_small_order();  // a liar; IX sends it at once and in clear
  HandshakeState liar = started(std::move(from)), honest = started(setup("IX", NoiseRole::responder));
  core::Bytes message;
  ASSERT_TRUE(liar.write_message({}, message).has_value());
  EXPECT_FALSE(honest.read_message(message).has_value());
  EXPECT_FALSE(honest.holds_key());
}

TEST(HandshakeState, RefusesAMessageThatIsTooLong) {
  HandshakeState writer = started(setup("NN", NoiseRole::initiator));
  core::Bytes to = "kept";
  EXPECT_FALSE(writer.write_message(core::Bytes(noise_message_max, 'x'), to).has_value());
  EXPECT_EQ(to, "kept");
  EXPECT_TRUE(writer.failed());
  HandshakeState reader = started(setup("NN", NoiseRole::responder));
  EXPECT_FALSE(reader.read_message(core::Bytes(noise_message_max + 1, 'x')).has_value());
  EXPECT_TRUE(reader.failed());
}

TEST(HandshakeState, EndsWhenPrologueOrPskDiffer) {
  for (const bool differ_in_prologue : {true, false}) {
    HandshakeState::Setup ours = setup("NNpsk0", NoiseRole::initiator), theirs = setup("NNpsk0", NoiseRole::responder);
    ours.psks.push_back(generate_private_key());
    theirs.psks.push_back(differ_in_prologue ? ours.psks.front().copy() : generate_private_key());
    if (differ_in_prologue) theirs.prologue = "another";
    HandshakeState here = started(std::move(ours)), there = started(std::move(theirs));
    core::Bytes message;
    ASSERT_TRUE(here.write_message({}, message).has_value());
    EXPECT_FALSE(there.read_message(message).has_value());
    EXPECT_FALSE(there.holds_key());
  }
}

using HandshakeStateDeathTest = testing::Test;

TEST(HandshakeStateDeathTest, WhoCallsOutOfTurnHasABug) {
  HandshakeState state = started(setup("NN", NoiseRole::initiator));
  EXPECT_DEATH(static_cast<void>(state.read_message("")), "");
  EXPECT_DEATH(static_cast<void>(std::move(state).split()), "");
}

}  // namespace
}  // namespace skerry::edge
