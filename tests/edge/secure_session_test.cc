#include "edge/secure_session.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace skerry::edge {
namespace {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::Result;

SessionIdentity identity(const SecretKey& secret, const std::string& cluster = "production/1") {
  return {generate_key_pair(), secret.copy(), cluster_id_of(cluster)};
}

class TwoNodes : public testing::Test {
 protected:
  static SecureHandshake::AcceptPeer only(const SessionIdentity& peer) {
    return [key = peer.key_pair.public_key](const PublicKey& proved) { return proved == key; };
  }

  SecureHandshake::Options options_for(const SessionIdentity& peer) {
    SecureHandshake::Options options{generate_private_key(), only(peer), limits, {}};
    return options;
  }
  SecureHandshake dial() { return SecureHandshake::dial(east, options_for(west)); }
  SecureHandshake answer() { return SecureHandshake::answer(west, seen, options_for(east)); }

  // The bytes of each turn, as an honest pair exchanges them.
  struct Exchange {
    Bytes first, second, third;
    SecureSession dialled, answered;
  };
  Exchange exchange() {
    SecureHandshake dialler = dial(), answerer = answer();
    EXPECT_EQ(answerer.start()->to_send, "");
    const Bytes first = dialler.start()->to_send;
    const Bytes second = answerer.feed(first)->to_send;
    Result<HandshakeStep> dialled = dialler.feed(second);
    EXPECT_TRUE(dialled && dialled->session) << dialled.error().detail;
    Result<HandshakeStep> answered = answerer.feed(dialled->to_send);
    EXPECT_TRUE(answered && answered->session) << answered.error().detail;
    EXPECT_EQ(answered->to_send, "");
    return {first, second, dialled->to_send, std::move(*dialled->session), std::move(*answered->session)};
  }

  static void expect_dead(SecureHandshake& handshake) {
    EXPECT_TRUE(handshake.failed());
    EXPECT_FALSE(handshake.feed("more").has_value());
    EXPECT_FALSE(handshake.start().has_value());
  }

  // The answerer takes `first` for a dial and refuses it without a word.
  void expect_no_answer(const Bytes& first, const std::string& how) {
    SCOPED_TRACE(how);
    SecureHandshake answerer = answer();
    ASSERT_TRUE(answerer.start().has_value());
    const Result<HandshakeStep> step = answerer.feed(first);
    if (step) {
      EXPECT_EQ(step->to_send, "");  // it waits for more
      EXPECT_FALSE(step->session);
    } else {
      expect_dead(answerer);
    }
  }

  SecretKey secret = generate_private_key();
  SessionIdentity east = identity(secret), west = identity(secret);
  SeenDials seen;
  RecordLimits limits;
};

constexpr std::size_t message_1_at = preamble_size + 2;
constexpr std::size_t message_1_size = 32 + 16;

void expect_passes(RecordSealer& sealer, RecordOpener& opener, const Bytes& text) {
  Bytes sealed, opened;
  ASSERT_TRUE(sealer.seal(text, sealed).has_value());
  ASSERT_TRUE(opener.open(sealed, opened).has_value());
  ASSERT_EQ(opened, text);
}

TEST_F(TwoNodes, ComeToASession) {
  Exchange done = exchange();
  EXPECT_EQ(done.dialled.peer, west.key_pair.public_key);
  EXPECT_EQ(done.answered.peer, east.key_pair.public_key);
  EXPECT_EQ(done.dialled.handshake_hash, done.answered.handshake_hash);
  EXPECT_EQ(done.dialled.handshake_hash.size(), 32u);
  EXPECT_EQ(done.dialled.version, session_version_max);
  EXPECT_EQ(done.answered.version, session_version_max);
  EXPECT_EQ(done.dialled.early, "");
  EXPECT_EQ(done.answered.early, "");
  for (int i = 0; i < 10; ++i) {
    expect_passes(done.dialled.sealer, done.answered.opener, "to the west");
    expect_passes(done.answered.sealer, done.dialled.opener, "to the east");
  }
}

TEST_F(TwoNodes, SayInClearOnlyThePreambleAndEphemerals) {
  const Exchange done = exchange();
  EXPECT_EQ(done.first.size(), message_1_at + message_1_size);
  EXPECT_EQ(done.first.substr(0, 4), "SKRY");
  for (const Bytes* sent : {&done.first, &done.second, &done.third}) {
    for (const SessionIdentity* node : {&east, &west}) {
      EXPECT_EQ(sent->find(node->key_pair.public_key.view()), Bytes::npos);
    }
    EXPECT_EQ(sent->find(secret.view()), Bytes::npos);
  }
}

TEST_F(TwoNodes, HoweverTheBytesAreCut) {
  SecureHandshake dialler = dial(), answerer = answer();
  ASSERT_TRUE(answerer.start().has_value());
  Bytes to_answerer = dialler.start()->to_send, to_dialler;
  std::optional<SecureSession> dialled, answered;
  const auto trickle = [](SecureHandshake& to, Bytes& bytes, Bytes& back, std::optional<SecureSession>& session) {
    for (const char byte : std::exchange(bytes, {})) {
      Result<HandshakeStep> step = to.feed(BytesView(&byte, 1));
      ASSERT_TRUE(step.has_value()) << step.error().detail;
      back += step->to_send;
      if (step->session) session.emplace(std::move(*step->session));
    }
  };
  for (int turn = 0; turn < 2; ++turn) {
    trickle(answerer, to_answerer, to_dialler, answered);
    trickle(dialler, to_dialler, to_answerer, dialled);
  }
  ASSERT_TRUE(dialled && answered);
  expect_passes(dialled->sealer, answered->opener, "text");
}

// The dialler may send records right behind message 3.
TEST_F(TwoNodes, KeepWhatFollowsTheHandshake) {
  SecureHandshake dialler = dial(), answerer = answer();
  ASSERT_TRUE(answerer.start().has_value());
  Result<HandshakeStep> last = dialler.feed(answerer.feed(dialler.start()->to_send)->to_send);
  ASSERT_TRUE(last && last->session);
  ASSERT_TRUE(last->session->sealer.seal("early", last->to_send).has_value());
  Result<HandshakeStep> step = answerer.feed(last->to_send);
  ASSERT_TRUE(step && step->session);
  Bytes opened;
  ASSERT_TRUE(step->session->opener.open(step->session->early, opened).has_value());
  EXPECT_EQ(opened, "early");
}

// --- who gets no answer

TEST_F(TwoNodes, AStrangerGetsNoAnswer) {
  core::Random random(3);
  for (int i = 0; i < 200; ++i) {
    Bytes noise(1 + random.below(300), '\0');
    for (char& byte : noise) byte = static_cast<char>(random.next());
    expect_no_answer(noise, "random bytes");
    const Bytes honest_preamble = dial().start()->to_send.substr(0, preamble_size);
    expect_no_answer(honest_preamble + Bytes("\0\x30", 2) + noise.substr(0, 48), "our preamble and random bytes");
  }
  expect_no_answer("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "HTTP");
  expect_no_answer("*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n", "RESP");
}

TEST_F(TwoNodes, AnotherClusterSecretGetsNoAnswer) {
  const SessionIdentity stranger = identity(generate_private_key());
  SecureHandshake dialler = SecureHandshake::dial(stranger, options_for(west));
  Bytes first = dialler.start()->to_send;
  expect_no_answer(first, "with its own key id");
  const KeyId ours = key_id_of(secret);
  first.replace(8, 16, reinterpret_cast<const char*>(ours.data()), 16);
  expect_no_answer(first, "under our key id");
}

TEST_F(TwoNodes, AnotherClusterGetsNoAnswer) {
  const SessionIdentity stranger = identity(secret, "production/2");
  expect_no_answer(SecureHandshake::dial(stranger, options_for(west)).start()->to_send, "the same secret");
}

TEST_F(TwoNodes, EveryAlteredByteOfTheFirstMessageGetsNoAnswer) {
  for (std::size_t byte = 0; byte < message_1_at + message_1_size; ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes first = dial().start()->to_send;
      first[byte] = static_cast<char>(first[byte] ^ (1u << bit));
      expect_no_answer(first, "byte " + std::to_string(byte) + " bit " + std::to_string(bit));
    }
  }
}

// Somebody between them offers only an old version.  Both would accept the range; message 1 does not.
TEST_F(TwoNodes, ADowngradeOfThePreambleBreaksTheFirstMessage) {
  SecureHandshake::Options newer = options_for(west);
  newer.versions = {1, 2};
  Bytes first = SecureHandshake::dial(east, std::move(newer)).start()->to_send;
  ASSERT_EQ(first.substr(4, 4), BytesView("\0\1\0\2", 4));
  first[7] = 1;
  expect_no_answer(first, "offered only version 1");
}

TEST_F(TwoNodes, TooMuchOrTooLongGetsNoAnswer) {
  const Bytes first = dial().start()->to_send;
  expect_no_answer(first + "x", "a byte too many");
  expect_no_answer(first.substr(0, first.size() - 1), "a byte too few");
  expect_no_answer(first.substr(0, preamble_size) + "\x10\x01", "4,097 bytes announced");
  SecureHandshake answerer = answer();
  ASSERT_TRUE(answerer.start().has_value());
  const Result<HandshakeStep> step = answerer.feed(first.substr(0, preamble_size) + "\x10\x01");
  ASSERT_FALSE(step.has_value());  // before a byte of it came
  EXPECT_EQ(step.error().code, ErrorCode::too_large);
}

TEST_F(TwoNodes, AReplayedFirstMessageGetsNoAnswer) {
  const Exchange done = exchange();
  expect_no_answer(done.first, "replayed");
}

TEST_F(TwoNodes, RefuseEachOtherWithoutACommonVersion) {
  SecureHandshake::Options newer = options_for(west);
  newer.versions = {7, 9};
  SecureHandshake answerer = answer();
  ASSERT_TRUE(answerer.start().has_value());
  const Result<HandshakeStep> step = answerer.feed(SecureHandshake::dial(east, std::move(newer)).start()->to_send);
  ASSERT_FALSE(step.has_value());
  EXPECT_EQ(step.error().code, ErrorCode::unsupported);
}

TEST_F(TwoNodes, ChooseTheGreatestCommonVersion) {
  SecureHandshake::Options newer = options_for(west), older = options_for(east);
  newer.versions = {1, 4};
  older.versions = {1, 3};
  SecureHandshake dialler = SecureHandshake::dial(east, std::move(newer));
  SecureHandshake answerer = SecureHandshake::answer(west, seen, std::move(older));
  ASSERT_TRUE(answerer.start().has_value());
  Result<HandshakeStep> dialled = dialler.feed(answerer.feed(dialler.start()->to_send)->to_send);
  ASSERT_TRUE(dialled && dialled->session);
  const Result<HandshakeStep> answered = answerer.feed(dialled->to_send);
  ASSERT_TRUE(answered && answered->session);
  EXPECT_EQ(dialled->session->version, 3);
  EXPECT_EQ(answered->session->version, 3);
}

// --- pinned keys

TEST_F(TwoNodes, TheDiallerSaysNothingToAKeyItDidNotDial) {
  const SessionIdentity impostor = identity(secret);
  SecureHandshake dialler = dial();
  SecureHandshake answerer = SecureHandshake::answer(impostor, seen, options_for(east));
  ASSERT_TRUE(answerer.start().has_value());
  const Result<HandshakeStep> step = dialler.feed(answerer.feed(dialler.start()->to_send)->to_send);
  ASSERT_FALSE(step.has_value());
  EXPECT_EQ(step.error().code, ErrorCode::refused);
  expect_dead(dialler);
}

// Message 2 is all it learns: no session, so no record, ever comes of it.
TEST_F(TwoNodes, AnUnknownDiallerLearnsNothingBeyondMessage2) {
  const SessionIdentity stranger = identity(secret);
  SecureHandshake dialler = SecureHandshake::dial(stranger, options_for(west));
  SecureHandshake answerer = answer();
  ASSERT_TRUE(answerer.start().has_value());
  const Result<HandshakeStep> dialled = dialler.feed(answerer.feed(dialler.start()->to_send)->to_send);
  ASSERT_TRUE(dialled && dialled->session);
  const Result<HandshakeStep> step = answerer.feed(dialled->to_send);
  ASSERT_FALSE(step.has_value());
  EXPECT_NE(step.error().detail.find("skerry-public-key:"), std::string::npos);
  expect_dead(answerer);
}

TEST_F(TwoNodes, DoNotProveAKeyTheyDoNotHold) {
  SessionIdentity liar = identity(secret);
  liar.key_pair.public_key = east.key_pair.public_key;
  SecureHandshake dialler = SecureHandshake::dial(liar, options_for(west));
  SecureHandshake answerer = answer();
  ASSERT_TRUE(answerer.start().has_value());
  const Result<HandshakeStep> dialled = dialler.feed(answerer.feed(dialler.start()->to_send)->to_send);
  ASSERT_TRUE(dialled.has_value());
  EXPECT_FALSE(answerer.feed(dialled->to_send).has_value());
  expect_dead(answerer);
}

// --- what happens to messages 2 and 3 on the way

// One bit of one byte flipped.  A size that grew would wait for more, so more comes.
Bytes altered(Bytes message, std::size_t byte) {
  message[byte] = static_cast<char>(message[byte] ^ (1u << (byte % 8)));
  return byte < 2 ? message + Bytes(handshake_message_max, 'x') : message;
}

TEST_F(TwoNodes, EveryAlteredByteOfTheSecondMessageIsFatal) {
  for (std::size_t byte = 0, size = 1; byte < size; ++byte) {
    SecureHandshake dialler = dial(), answerer = answer();
    ASSERT_TRUE(answerer.start().has_value());
    const Bytes second = answerer.feed(dialler.start()->to_send)->to_send;
    size = second.size();
    EXPECT_FALSE(dialler.feed(altered(second, byte)).has_value()) << byte;
    expect_dead(dialler);
  }
}

TEST_F(TwoNodes, EveryAlteredByteOfTheThirdMessageIsFatal) {
  for (std::size_t byte = 0, size = 1; byte < size; ++byte) {
    SecureHandshake dialler = dial(), answerer = answer();
    ASSERT_TRUE(answerer.start().has_value());
    const Bytes third = dialler.feed(answerer.feed(dialler.start()->to_send)->to_send)->to_send;
    size = third.size();
    EXPECT_FALSE(answerer.feed(altered(third, byte)).has_value()) << byte;
    expect_dead(answerer);
  }
}

TEST_F(TwoNodes, MessagesOfAnotherHandshakeAreRefused) {
  const Exchange earlier = exchange();
  SecureHandshake dialler = dial();
  ASSERT_TRUE(dialler.start().has_value());
  EXPECT_FALSE(dialler.feed(earlier.second).has_value());
  SecureHandshake answerer = answer();
  ASSERT_TRUE(answerer.start().has_value());
  ASSERT_TRUE(answerer.feed(dial().start()->to_send).has_value());
  EXPECT_FALSE(answerer.feed(earlier.third).has_value());
}

TEST_F(TwoNodes, ReflectionsAreRefused) {
  SecureHandshake dialler = dial();
  const Bytes first = dialler.start()->to_send;
  EXPECT_FALSE(dialler.feed(first.substr(preamble_size)).has_value());
  expect_dead(dialler);

  Exchange done = exchange();
  Bytes sealed, opened;
  ASSERT_TRUE(done.dialled.sealer.seal("text", sealed).has_value());
  EXPECT_FALSE(done.dialled.opener.open(sealed, opened).has_value());
  EXPECT_EQ(opened, "");
}

TEST_F(TwoNodes, RecordsOfAnotherSessionAreRefused) {
  Exchange one = exchange(), two = exchange();
  Bytes sealed, opened;
  ASSERT_TRUE(one.dialled.sealer.seal("text", sealed).has_value());
  EXPECT_FALSE(two.answered.opener.open(sealed, opened).has_value());
  EXPECT_EQ(opened, "");
}

TEST_F(TwoNodes, RekeyAtTheIntervalTheyWereGiven) {
  for (const std::uint64_t records : {1, 2, 7}) {
    limits.rekey_records = records;
    Exchange done = exchange();
    for (int i = 0; i < 50; ++i) {
      expect_passes(done.dialled.sealer, done.answered.opener, "to the west");
      if (i % 3 == 0) expect_passes(done.answered.sealer, done.dialled.opener, "to the east");
    }
  }
}

TEST(SeenDials, ForgetsTheOldestFirst) {
  SeenDials seen;
  const auto key = [](std::size_t number) {
    PublicKey made;
    made.bytes[0] = static_cast<std::uint8_t>(number);
    made.bytes[1] = static_cast<std::uint8_t>(number >> 8);
    return made;
  };
  for (std::size_t i = 0; i < seen_dials_max; ++i) EXPECT_TRUE(seen.first_time(key(i)));
  EXPECT_FALSE(seen.first_time(key(0)));
  EXPECT_TRUE(seen.first_time(key(seen_dials_max)));  // key 0 goes
  EXPECT_FALSE(seen.first_time(key(1)));
  EXPECT_TRUE(seen.first_time(key(0)));
}

}  // namespace
}  // namespace skerry::edge
