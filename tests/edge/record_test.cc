#include "edge/record.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace skerry::edge {
namespace {

using core::Bytes;
using core::BytesView;

CipherState cipher_with_key(char key = 'k') {
  CipherState cipher;
  cipher.initialize_key(Bytes(32, key));
  return cipher;
}

struct Pair {
  explicit Pair(RecordLimits limits = {}) : sealer(cipher_with_key(), limits), opener(cipher_with_key(), limits) {}
  RecordSealer sealer;
  RecordOpener opener;
};

Bytes text_of(core::Random& random, std::size_t size_max) {
  Bytes text(1 + random.below(size_max), '\0');
  for (char& byte : text) byte = static_cast<char>(random.next());
  return text;
}

std::vector<Bytes> sealed_apart(RecordSealer& sealer, const std::vector<Bytes>& texts) {
  std::vector<Bytes> records;
  for (const Bytes& text : texts) {
    EXPECT_TRUE(sealer.seal(text, records.emplace_back()).has_value());
  }
  return records;
}

TEST(Record, IsASizeAndACiphertext) {
  Pair pair;
  Bytes sealed, opened;
  ASSERT_TRUE(pair.sealer.seal("hello", sealed).has_value());
  EXPECT_EQ(sealed.size(), record_header_size + 5 + CipherState::tag_size);
  EXPECT_EQ(sealed.substr(0, 2), BytesView("\0\x15", 2));
  EXPECT_EQ(sealed.find("hello"), sealed.npos);
  ASSERT_TRUE(pair.opener.open(sealed, opened).has_value());
  EXPECT_EQ(opened, "hello");
  EXPECT_TRUE(pair.opener.between_records());
}

TEST(Record, NothingIsNoRecord) {
  Pair pair;
  Bytes sealed = "kept";
  ASSERT_TRUE(pair.sealer.seal({}, sealed).has_value());
  EXPECT_EQ(sealed, "kept");
}

TEST(Record, AreAsFewAsHoldTheBytes) {
  for (const std::size_t size :
       {record_plaintext_max - 1, record_plaintext_max, record_plaintext_max + 1, 3 * record_plaintext_max}) {
    Pair pair;
    const Bytes plain(size, 'x');
    Bytes sealed, opened;
    ASSERT_TRUE(pair.sealer.seal(plain, sealed).has_value());
    const std::size_t records = (size + record_plaintext_max - 1) / record_plaintext_max;
    EXPECT_EQ(sealed.size(), size + records * (record_header_size + CipherState::tag_size));
    ASSERT_TRUE(pair.opener.open(sealed, opened).has_value());
    EXPECT_EQ(opened, plain);
  }
}

TEST(Record, OpensHoweverTheStreamIsCut) {
  core::Random random(7);
  Pair pair;
  Bytes plain, sealed, opened;
  for (int i = 0; i < 50; ++i) {
    const Bytes text = text_of(random, i % 10 == 0 ? 100'000 : 300);
    plain += text;
    ASSERT_TRUE(pair.sealer.seal(text, sealed).has_value());
  }
  for (BytesView rest = sealed; !rest.empty();) {
    const BytesView piece = rest.substr(0, 1 + random.below(random.chance(0.9) ? 3 : 70'000));
    ASSERT_TRUE(pair.opener.open(piece, opened).has_value());
    ASSERT_LE(opened.size(), sealed.size() - rest.size() + piece.size());
    rest.remove_prefix(piece.size());
  }
  EXPECT_EQ(opened, plain);
  EXPECT_TRUE(pair.opener.between_records());
}

TEST(Record, SaysWhenTheStreamEndsInsideOne) {
  Pair pair;
  Bytes sealed, opened;
  ASSERT_TRUE(pair.sealer.seal("hello", sealed).has_value());
  for (std::size_t size = 1; size < sealed.size(); ++size) {
    RecordOpener opener(cipher_with_key(), RecordLimits{});
    ASSERT_TRUE(opener.open(BytesView(sealed).substr(0, size), opened).has_value());
    EXPECT_FALSE(opener.between_records());
    EXPECT_TRUE(opened.empty());
  }
}

// A long session: 10^5 records, about a hundred rekeys by count.
TEST(Record, CarriesALongStream) {
  core::Random random(11);
  Pair pair;
  for (int i = 0; i < 100'000; ++i) {
    const Bytes text = text_of(random, 40);
    Bytes sealed, opened;
    ASSERT_TRUE(pair.sealer.seal(text, sealed).has_value());
    ASSERT_TRUE(pair.opener.open(sealed, opened).has_value());
    ASSERT_EQ(opened, text);
  }
}

TEST(Record, RekeysAtEveryInterval) {
  for (const std::uint64_t records : {1, 2, 7}) {
    RecordLimits limits;
    limits.rekey_records = records;
    Pair pair(limits);
    for (int i = 0; i < 100; ++i) {
      Bytes sealed, opened;
      ASSERT_TRUE(pair.sealer.seal("again", sealed).has_value());
      ASSERT_TRUE(pair.opener.open(sealed, opened).has_value());
      ASSERT_EQ(opened, "again");
    }
  }
}

// The first record that the two sides seal differently is the one after the rekey of one of them.
std::size_t first_difference(RecordLimits one, RecordLimits two, const std::vector<Bytes>& texts) {
  RecordSealer here(cipher_with_key(), one), there(cipher_with_key(), two);
  const std::vector<Bytes> ours = sealed_apart(here, texts), theirs = sealed_apart(there, texts);
  std::size_t i = 0;
  while (i < texts.size() && ours[i] == theirs[i]) ++i;
  return i;
}

TEST(Record, RekeysAfterAThousandOrSixteenMebibytes) {
  RecordLimits never;
  never.rekey_records = never.rekey_bytes = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(first_difference(RecordLimits{}, never, std::vector<Bytes>(1'002, "small")), 1'000u);
  // 256 records of 64,000 bytes are just under 16 MiB, 263 are the first to reach it.
  const std::size_t until = ((16u << 20) + 63'999) / 64'000;
  EXPECT_EQ(first_difference(RecordLimits{}, never, std::vector<Bytes>(until + 2, Bytes(64'000, 'x'))), until);
}

TEST(Record, IntervalsMustAgree) {
  RecordLimits two, three;
  two.rekey_records = 2;
  three.rekey_records = 3;
  RecordSealer sealer(cipher_with_key(), two);
  RecordOpener opener(cipher_with_key(), three);
  const std::vector<Bytes> records = sealed_apart(sealer, {"1", "2", "3"});
  Bytes opened;
  EXPECT_TRUE(opener.open(records[0], opened).has_value());
  EXPECT_TRUE(opener.open(records[1], opened).has_value());
  EXPECT_FALSE(opener.open(records[2], opened).has_value());
}

TEST(Record, EndsWithTheSession) {
  RecordLimits limits;
  limits.session_records = 3;
  Pair pair(limits);
  Bytes sealed = "", opened;
  ASSERT_TRUE(pair.sealer.seal("1", sealed).has_value());
  ASSERT_TRUE(pair.sealer.seal("2", sealed).has_value());
  const Bytes before = sealed;
  EXPECT_FALSE(pair.sealer.seal(Bytes(2 * record_plaintext_max, 'x'), sealed).has_value());  // two, and one is left
  EXPECT_EQ(sealed, before);
  EXPECT_FALSE(pair.sealer.seal("3", sealed).has_value());  // for good
  EXPECT_EQ(sealed, before);

  RecordSealer fourth(cipher_with_key(), RecordLimits{});
  const std::vector<Bytes> records = sealed_apart(fourth, {"1", "2", "3", "4"});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pair.opener.open(records[i], opened).has_value());
  EXPECT_FALSE(pair.opener.open(records[3], opened).has_value());
  EXPECT_EQ(opened, "123");
}

// --- records that are not as the peer sealed them

class Tampering : public testing::Test {
 protected:
  // The stream is refused, for good, and gives nothing but genuine bytes from before.
  void expect_refused(const std::vector<Bytes>& stream, const Bytes& genuine) {
    RecordOpener opener(cipher_with_key(), RecordLimits{});
    Bytes opened;
    bool refused = false;
    for (const Bytes& piece : stream) refused |= !opener.open(piece, opened).has_value();
    EXPECT_TRUE(refused);
    EXPECT_TRUE(opener.failed());
    EXPECT_EQ(opened, genuine);
    EXPECT_FALSE(opener.open(records[0], opened).has_value());
    EXPECT_FALSE(opener.open({}, opened).has_value());
    EXPECT_EQ(opened, genuine);
  }

  RecordSealer sealer{cipher_with_key(), RecordLimits{}};
  std::vector<Bytes> records = sealed_apart(sealer, {"one", "two", "three"});
};

TEST_F(Tampering, AFlippedBitAnywhereIsFatal) {
  for (std::size_t byte = 0; byte < records[1].size(); ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes altered = records[1];
      altered[byte] = static_cast<char>(altered[byte] ^ (1u << bit));
      // A size that grew waits for more bytes, which the altered record then swallows.
      expect_refused({records[0], altered, records[2] + Bytes(70'000, 'x')}, "one");
    }
  }
}

TEST_F(Tampering, OrderMatters) {
  expect_refused({records[1], records[0]}, "");
}
TEST_F(Tampering, ARepetitionIsFatal) {
  expect_refused({records[0], records[0]}, "one");
}
TEST_F(Tampering, AnOmissionIsFatal) {
  expect_refused({records[0], records[2]}, "one");
}

TEST_F(Tampering, ATruncationIsFatalAsSoonAsMoreComes) {
  expect_refused({records[0], records[1].substr(0, records[1].size() - 1), records[2]}, "one");
}

TEST_F(Tampering, ATooSmallSizeIsFatalAtOnce) {
  expect_refused({records[0], Bytes("\0\x10", 2)}, "one");
  expect_refused({records[0], Bytes("\0", 1), Bytes("\0", 1)}, "one");
}

TEST_F(Tampering, ARecordOfAnotherSessionIsFatal) {
  RecordSealer other(cipher_with_key('o'), RecordLimits{});
  expect_refused({records[0], sealed_apart(other, {"0", "1"})[1]}, "one");
}

// 20,000 by default, 10^6 with SKERRY_SOAK=1: whatever happens to records, nothing but a genuine prefix comes out.
TEST(RecordSoak, NoTamperedStreamIsAccepted) {
  const int rounds = std::getenv("SKERRY_SOAK") != nullptr ? 1'000'000 : 20'000;
  core::Random random(23);
  const std::vector<Bytes> texts = {"alpha", "beta", "gamma", "delta"};
  RecordSealer sealer(cipher_with_key(), RecordLimits{});
  const std::vector<Bytes> records = sealed_apart(sealer, texts);
  const Bytes all = records[0] + records[1] + records[2] + records[3];
  for (int round = 0; round < rounds; ++round) {
    Bytes stream = all;
    const std::size_t at = random.below(stream.size());
    switch (random.below(4)) {
      case 0:
        stream[at] = static_cast<char>(stream[at] ^ (1 + random.below(255)));
        break;
      case 1:
        stream.erase(at, 1 + random.below(30));
        break;
      case 2:
        stream.insert(at, Bytes(1 + random.below(30), static_cast<char>(random.next())));
        break;
      case 3:
        stream.insert(at, all.substr(random.below(all.size())));
        break;
    }
    if (stream.compare(0, all.size(), all) == 0) continue;  // by chance the same, or only lengthened at its end
    RecordOpener opener(cipher_with_key(), RecordLimits{});
    Bytes opened;
    const bool accepted = opener.open(stream, opened).has_value();
    ASSERT_LT(opened.size(), 19u) << "round " << round;
    ASSERT_EQ(opened, Bytes("alphabetagammadelta").substr(0, opened.size()));
    ASSERT_FALSE(accepted && opener.between_records() && stream.size() >= all.size()) << "round " << round;
  }
}

using RecordDeathTest = testing::Test;

// Without a key a cipher state passes bytes through; no record may ever.
TEST(RecordDeathTest, NeedsAKey) {
  EXPECT_DEATH(RecordSealer(CipherState(), RecordLimits{}), "");
  EXPECT_DEATH(RecordOpener(CipherState(), RecordLimits{}), "");
}

TEST(Record, WhatAMoveLeavesSealsAndOpensNothing) {
  Pair pair;
  const RecordSealer sealer = std::move(pair.sealer);
  const RecordOpener opener = std::move(pair.opener);
  Bytes to;
  EXPECT_FALSE(pair.sealer.seal("plain", to).has_value());  // NOLINT: what a move leaves is what is tested
  EXPECT_FALSE(pair.opener.open("plain", to).has_value());  // NOLINT
  EXPECT_TRUE(to.empty());
}

}  // namespace
}  // namespace skerry::edge
