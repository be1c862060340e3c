// The bytes of payloads are a promise: golden forms, round trips, and the refusal of anything else.
#include "crdt/payload.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "core/random.h"
#include "tests/crdt/two_regions.h"

namespace skerry::crdt {
namespace {

using namespace std::string_literals;
using core::ErrorCode;

const Stamp stamp{0x0102030405060708};
const std::string head = "\x01\x02\x03\x04\x05\x06\x07\x08"s;
const std::string replica_one = std::string(15, '\0') + "\x01";

std::string hex(BytesView bytes) {
  std::string text;
  for (const char byte : bytes) {
    constexpr char digits[] = "0123456789abcdef";
    text += digits[static_cast<std::uint8_t>(byte) >> 4];
    text += digits[static_cast<std::uint8_t>(byte) & 15];
  }
  return text;
}

Resets two_resets() {
  return {{replica_number(1), {.birth = 7, .count = 2, .sum = -1, .fraction = 0.5}},
          {replica_number(2), {.birth = 1, .count = 300, .sum = Sum{1} << 100, .fraction = 0}}};
}

TEST(Payload, GoldenBytes) {
  EXPECT_EQ(hex(presence_payload(stamp)), "010102030405060708");
  EXPECT_EQ(hex(register_payload(stamp, std::nullopt, {}, "hi")), "0201020304050607080000" + hex("hi"));
  EXPECT_EQ(hex(register_payload(stamp, core::from_unix_milliseconds(299), {}, "")), "020102030405060708ac0200");
  const std::string tally =
      "07"
      "02"
      "ffffffffffffffffffffffffffffffff"
      "3fe0000000000000";
  EXPECT_EQ(hex(tally_payload(stamp, two_resets()[0].seen, {})), "030102030405060708" + tally + "00");
  const std::string resets = "02" + hex(replica_one) + tally + hex(std::string(15, '\0')) + "02" + "01" + "ac02" +
                             "00000010000000000000000000000000" + "0000000000000000";
  EXPECT_EQ(hex(resets_payload(stamp, two_resets())), "040102030405060708" + resets);
  EXPECT_EQ(hex(register_payload(stamp, std::nullopt, two_resets(), "v")), "02010203040506070800" + resets + hex("v"));
  EXPECT_EQ(hex(expiry_payload(stamp, std::nullopt, {})), "0501020304050607080000");
  EXPECT_EQ(hex(expiry_payload(stamp, at_seconds(0), {{replica_number(1), 5}, {replica_number(0), 9}})),
            "0501020304050607080102" + hex(std::string(16, '\0')) + "09" + hex(replica_one) + "05");
}

TEST(Payload, ATimeBefore1970CountsAs1970AndTheLastOneIsKept) {
  const auto deadline = [](WallTime time) { return register_deadline(register_payload(stamp, time, {}, "")); };
  EXPECT_EQ(deadline(core::from_unix_milliseconds(-5)), at_seconds(0));
  EXPECT_EQ(deadline(WallTime::max()), WallTime::max());
  EXPECT_TRUE(parse_payload(register_payload(stamp, WallTime::max(), {}, "")));
}

TEST(Payload, IsTakenApart) {
  const Bytes bytes = register_payload(stamp, at_seconds(7), two_resets(), "value");
  const auto payload = parse_payload(bytes);
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->type, PayloadType::register_);
  EXPECT_EQ(payload->stamp, stamp);
  EXPECT_EQ(payload->value, "value");
  EXPECT_EQ(payload->deadline, at_seconds(7));
  EXPECT_EQ(payload->resets, two_resets());
  EXPECT_EQ(register_value(bytes), "value");
  EXPECT_EQ(register_deadline(bytes), at_seconds(7));
  EXPECT_EQ(stamp_of(bytes), stamp);
  EXPECT_TRUE(has_resets(bytes));
  EXPECT_FALSE(has_resets(register_payload(stamp, at_seconds(7), {}, "value")));
  EXPECT_TRUE(has_resets(tally_payload(stamp, two_resets()[0].seen, two_resets())));
  EXPECT_FALSE(has_resets(tally_payload(stamp, two_resets()[0].seen, {})));
  EXPECT_TRUE(has_resets(resets_payload(stamp, two_resets())));
  EXPECT_FALSE(has_resets(presence_payload(stamp)));
  EXPECT_FALSE(has_resets(expiry_payload(stamp, at_seconds(1), {{replica_number(1), 5}})));

  const auto tally = parse_payload(tally_payload(stamp, two_resets()[1].seen, two_resets()));
  ASSERT_TRUE(tally);
  EXPECT_EQ(tally->tally, two_resets()[1].seen);
  EXPECT_EQ(tally->resets, two_resets());
}

RC_GTEST_PROP(Payload, RegistersReadBack, (std::string value, std::uint64_t time, std::uint32_t deadline, bool any)) {
  const auto until = any ? std::optional(core::from_unix_milliseconds(deadline)) : std::nullopt;
  const Resets resets = time % 2 == 0 ? Resets{} : two_resets();
  const Bytes bytes = register_payload({time}, until, resets, value);
  RC_ASSERT(register_value(bytes) == value);
  RC_ASSERT(register_deadline(bytes) == until);
  RC_ASSERT(stamp_of(bytes) == Stamp{time});
  const auto payload = parse_payload(bytes);
  RC_ASSERT(payload.has_value());
  RC_ASSERT(register_payload(payload->stamp, payload->deadline, payload->resets, payload->value) == bytes);
}

TEST(Payload, ResetsKeepTheGreaterCountNotTheGreaterSum) {
  Resets resets = two_resets();
  add_resets(resets, {{replica_number(1), {.birth = 7, .count = 3, .sum = -100}},
                      {replica_number(1), {.birth = 8, .count = 1, .sum = 1}},
                      {replica_number(2), {.birth = 1, .count = 299, .sum = Sum{1} << 101}}});
  const Resets expected = {{replica_number(1), {.birth = 7, .count = 3, .sum = -100}},
                           {replica_number(1), {.birth = 8, .count = 1, .sum = 1}},
                           two_resets()[1]};
  EXPECT_EQ(resets, expected);
}

RC_GTEST_PROP(Resets, JoinLikeALattice, (std::vector<std::pair<std::uint8_t, std::uint8_t>> numbers)) {
  const auto of = [&](std::size_t part) {
    Resets resets;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (i % 3 != part) continue;
      // One tally has one sum at each count.
      const auto replica = static_cast<std::uint8_t>(numbers[i].first % 4);
      const std::uint64_t count = 1u + numbers[i].second % 5;
      add_resets(resets, {{replica_number(replica), {.birth = 1, .count = count, .sum = -Sum(count)}}});
    }
    return resets;
  };
  const auto joined = [](Resets left, const Resets& right) {
    add_resets(left, right);
    return left;
  };
  RC_ASSERT(joined(of(0), of(1)) == joined(of(1), of(0)));
  RC_ASSERT(joined(joined(of(0), of(1)), of(2)) == joined(of(0), joined(of(1), of(2))));
  RC_ASSERT(joined(of(0), of(0)) == of(0));
}

// --- what a stranger may send

std::vector<Bytes> samples() {
  return {presence_payload(stamp), register_payload(stamp, at_seconds(7), two_resets(), ""),
          tally_payload(stamp, two_resets()[0].seen, two_resets()), resets_payload(stamp, two_resets()),
          expiry_payload(stamp, at_seconds(1), {{replica_number(1), 5}, {replica_number(2), 1}})};
}

TEST(StrangePayload, CutOffAnywhereIsMalformed) {
  for (const Bytes& bytes : samples()) {
    ASSERT_TRUE(parse_payload(bytes)) << hex(bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto payload = parse_payload(BytesView(bytes).substr(0, size));
      ASSERT_FALSE(payload) << hex(bytes) << " of " << size;
      EXPECT_EQ(payload.error().code, ErrorCode::malformed);
    }
    const auto longer = parse_payload(bytes + '\0');
    EXPECT_EQ(longer.has_value(), type_of(bytes) == PayloadType::register_);
  }
}

TEST(StrangePayload, HasOneCanonicalForm) {
  const std::string one_reset = replica_one + "\x07\x02" + std::string(15, '\0') + "\x03" + std::string(8, '\0');
  const auto resets = [&](const std::string& body) { return parse_payload("\x04" + head + body); };
  EXPECT_TRUE(resets("\x01" + one_reset));
  EXPECT_FALSE(resets("\0"s));                                                    // no reset at all
  EXPECT_FALSE(resets("\x02" + one_reset + one_reset));                           // the same twice
  EXPECT_FALSE(resets("\x81\0"s + one_reset));                                    // a padded varint
  EXPECT_FALSE(resets("\x01" + replica_one + "\0\x02"s + one_reset.substr(18)));  // no birth
  EXPECT_FALSE(resets("\x01" + replica_one + "\x07\0"s + one_reset.substr(18)));  // nothing counted
  const auto tally = [&](double fraction) {
    return tally_payload(stamp, {.birth = 1, .count = 1, .fraction = fraction}, {});
  };
  EXPECT_TRUE(parse_payload(tally(-0.25)));
  EXPECT_FALSE(parse_payload(tally(std::numeric_limits<double>::infinity())));
  EXPECT_FALSE(parse_payload(tally(std::nan(""))));
  const auto expiry = [&](const std::string& body) { return parse_payload("\x05" + head + body); };
  EXPECT_TRUE(expiry("\0\x01"s + replica_one + "\x05"));
  EXPECT_FALSE(expiry("\0\x01"s + replica_one + "\0"s));                          // sequence 0
  EXPECT_FALSE(expiry("\0\x02"s + replica_one + "\x05" + replica_one + "\x04"));  // not sorted
  EXPECT_FALSE(expiry("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\0"s));            // a deadline beyond time
  EXPECT_FALSE(expiry("\0\xff\xff\xff\xff\x0f"s));                                // dots that are not there
}

TEST(StrangePayload, OfATypeWeDoNotKnowIsUnsupported) {
  for (const char type : {'\x06', '\x7f', '\xff'}) {
    const auto payload = parse_payload(type + head);
    ASSERT_FALSE(payload);
    EXPECT_EQ(payload.error().code, ErrorCode::unsupported);
  }
  EXPECT_EQ(parse_payload("\0"s + head).error().code, ErrorCode::malformed);
  EXPECT_EQ(parse_payload("").error().code, ErrorCode::malformed);
}

TEST(StrangePayload, BelongsToItsKindOnly) {
  using core::Kind;
  const auto fits = [](const Bytes& bytes) {
    std::string kinds;
    for (const Kind kind : {Kind::row, Kind::string, Kind::expiry, Kind::hash, Kind::set, Kind::sorted_set}) {
      kinds += check_payload(kind, bytes) ? '1' : '0';
    }
    return kinds;
  };
  EXPECT_EQ(fits(samples()[0]), "000010");  // presence
  EXPECT_EQ(fits(samples()[1]), "010100");  // a register that is no score
  EXPECT_EQ(fits(samples()[2]), "010101");
  EXPECT_EQ(fits(samples()[3]), "010101");
  EXPECT_EQ(fits(samples()[4]), "001000");
  EXPECT_EQ(fits(register_payload(stamp, std::nullopt, {}, "\x3f\xf0\0\0\0\0\0\0"s)), "010101");
  EXPECT_EQ(fits(register_payload(stamp, std::nullopt, {}, "\x7f\xf8\0\0\0\0\0\0"s)), "010100");  // not a number
}

// Bytes with a few places changed are either refused by both, or read back to themselves.
TEST(StrangePayload, ChangedAnywhereIsRefusedOrCanonical) {
  core::Random random(42);
  std::size_t accepted = 0;
  for (int i = 0; i < 100'000; ++i) {
    Bytes bytes = samples()[random.below(5)];
    for (std::uint64_t change = random.below(3) + 1; change > 0; --change) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(4) == 0 ? random.below(256) : random.below(4));
    }
    const auto payload = parse_payload(bytes);
    bool belongs = false;
    for (const auto kind : {core::Kind::string, core::Kind::expiry, core::Kind::set}) {
      belongs = belongs || check_payload(kind, bytes).has_value();
    }
    ASSERT_EQ(payload.has_value(), belongs) << hex(bytes);
    if (!payload) continue;
    ++accepted;
    switch (payload->type) {
      case PayloadType::presence:
        EXPECT_EQ(presence_payload(payload->stamp), bytes);
        break;
      case PayloadType::register_:
        EXPECT_EQ(register_payload(payload->stamp, payload->deadline, payload->resets, payload->value), bytes);
        break;
      case PayloadType::tally:
        EXPECT_EQ(tally_payload(payload->stamp, payload->tally, payload->resets), bytes);
        break;
      case PayloadType::resets:
        EXPECT_EQ(resets_payload(payload->stamp, payload->resets), bytes);
        break;
      case PayloadType::expiry:
        EXPECT_EQ(expiry_payload(payload->stamp, payload->deadline, payload->over), bytes);
        break;
    }
  }
  EXPECT_GT(accepted, 10'000u);
}

}  // namespace
}  // namespace skerry::crdt
