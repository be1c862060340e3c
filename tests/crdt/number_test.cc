// Numbers as Redis 7 reads and prints them.
#include "crdt/number.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

namespace skerry::crdt {
namespace {

TEST(Integer, IsReadStrictly) {
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("-1"), -1);
  EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  for (const char* text : {"", "-", "+1", "01", "-0", "-01", " 1", "1 ", "1.0", "1e3", "0x1", "9223372036854775808",
                           "-9223372036854775809", "123456789012345678901234567890", "a", "--1"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_integer(BytesView("1\0", 2)), std::nullopt);
}

TEST(Float, IsReadAsStrtoldReadsIt) {
  EXPECT_EQ(parse_float("3.0e3"), 3000.0L);
  EXPECT_EQ(parse_float("-.5"), -0.5L);
  EXPECT_EQ(parse_float("+1"), 1.0L);
  EXPECT_EQ(parse_float("inf"), std::numeric_limits<long double>::infinity());
  EXPECT_EQ(parse_float("-Infinity"), -std::numeric_limits<long double>::infinity());
  EXPECT_EQ(parse_float("0x10"), 16.0L);
  EXPECT_EQ(parse_float(std::string(100, '0') + "7"), 7.0L);
  for (const char* text : {"", " 1", "1 ", "\t1", "nan", "-nan", "1e5000", "1e-5000", "abc", "1.5x", "1,5"}) {
    EXPECT_EQ(parse_float(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_float(BytesView("1\0", 2)), std::nullopt);
  EXPECT_EQ(parse_float(std::string(6000, '1')), std::nullopt);
}

TEST(Float, OfAScoreIsRoundedOnce) {
  EXPECT_EQ(parse_double("0.1"), 0.1);
  EXPECT_EQ(parse_double("1e309"), std::nullopt);
  // Halfway between two doubles but for the last digit: by way of a long double it would fall on the wrong side.
  EXPECT_EQ(parse_double("9007199254740993.0000000000000001"), 9007199254740994.0);
}

TEST(Float, IsPrintedWithoutTrailingZeros) {
  EXPECT_EQ(print_long_double(0), "0");
  EXPECT_EQ(print_long_double(-0.0L), "0");
  EXPECT_EQ(print_long_double(10.5L), "10.5");
  EXPECT_EQ(print_long_double(5000), "5000");
  EXPECT_EQ(print_long_double(-1e20L), "-100000000000000000000");
  EXPECT_EQ(print_long_double(0.1L), "0.1");
  EXPECT_EQ(print_long_double(1e-20L), "0");
  EXPECT_EQ(print_long_double(3.14159265358979323L), "3.14159265358979323");
  EXPECT_EQ(print_long_double(std::numeric_limits<long double>::infinity()), "inf");
  EXPECT_EQ(print_long_double(std::numeric_limits<long double>::max()).size(), 4933u);
}

TEST(Float, ThatIsASumOfDoublesIsPrintedWithinItsError) {
  EXPECT_EQ(print_long_double(10.5L + 0.1), "10.60000000000000001");
  EXPECT_EQ(print_long_double_within(10.5L + 0.1, 0x1p-52L), "10.6");
  EXPECT_EQ(print_long_double_within(0.25L, 1e-10L), "0.25");
  EXPECT_EQ(print_long_double_within(2.9999999999999L, 1e-12L), "3");
  EXPECT_EQ(print_long_double_within(-0.0000001L, 1e-3L), "0");
  EXPECT_EQ(print_long_double_within(10.5L, 0), "10.5");
}

TEST(Numbers, ADoubleStandsForTheShortestDecimalThatReadsBack) {
  EXPECT_EQ(decimal_of(0.1), 0.1L);
  EXPECT_EQ(decimal_of(-12.34), -12.34L);
  EXPECT_EQ(decimal_of(3), 3.0L);
  EXPECT_EQ(decimal_of(1.7e308), 1.7e308L);
  EXPECT_EQ(decimal_of(5e-324), 5e-324L);
}

TEST(Double, IsPrintedShortestAndLaidOutAsPrintfDoes) {
  EXPECT_EQ(print_double(3.3), "3.3");
  EXPECT_EQ(print_double(3), "3");
  EXPECT_EQ(print_double(-0.0), "-0");
  EXPECT_EQ(print_double(0.0001), "0.0001");
  EXPECT_EQ(print_double(0.00001), "1e-05");
  EXPECT_EQ(print_double(1e16), "10000000000000000");
  EXPECT_EQ(print_double(1e17), "1e+17");
  EXPECT_EQ(print_double(1.5e300), "1.5e+300");
  EXPECT_EQ(print_double(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(print_double(-std::numeric_limits<double>::infinity()), "-inf");
}

RC_GTEST_PROP(Double, ReadsBack, (std::uint64_t bits)) {
  double value;
  __builtin_memcpy(&value, &bits, sizeof(value));
  RC_PRE(!std::isnan(value));
  const auto read = parse_double(print_double(value));
  // Denormals are out of strtod's range only where they become zero.
  RC_ASSERT(read == value);
}

TEST(Sum, IsPrintedInFull) {
  EXPECT_EQ(print_sum(0), "0");
  EXPECT_EQ(print_sum(-42), "-42");
  EXPECT_EQ(print_sum(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(print_sum(Sum{std::numeric_limits<std::int64_t>::max()} + 1), "9223372036854775808");
  EXPECT_EQ(print_sum((Sum{1} << 126) - 1 + (Sum{1} << 126)), "170141183460469231731687303715884105727");
  EXPECT_EQ(print_sum(-((Sum{1} << 126) - 1 + (Sum{1} << 126)) - 1), "-170141183460469231731687303715884105728");
}

}  // namespace
}  // namespace skerry::crdt
