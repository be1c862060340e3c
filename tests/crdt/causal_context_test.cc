// Causal contexts against plain sets of dots.
#include "crdt/causal_context.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "tests/crdt/two_regions.h"

namespace skerry::crdt {
namespace {

using Dots = std::set<Dot>;

constexpr std::uint8_t replicas = 3;
constexpr Sequence sequences = 12;

Dots dots_from(std::uint64_t bits) {
  Dots dots;
  for (std::uint8_t replica = 0; replica < replicas; ++replica) {
    for (Sequence sequence = 1; sequence <= sequences; ++sequence) {
      if ((bits >> (replica * sequences + sequence - 1) & 1) != 0) dots.insert({replica_number(replica), sequence});
    }
  }
  return dots;
}

CausalContext context_of(const Dots& dots) {
  CausalContext context;
  for (const Dot& dot : dots) context.add(dot);
  return context;
}

Dots dots_of(const CausalContext& context) {
  Dots dots;
  for (const CausalContext::Part& part : context.parts()) {
    for (const Interval& interval : part.intervals) {
      for (Sequence sequence = interval.first; sequence <= interval.last; ++sequence) {
        dots.insert({part.replica, sequence});
      }
    }
  }
  return dots;
}

// Sorted, no empty part, and gaps between neighbours: so equal sets are equal contexts.
void expect_canonical(const CausalContext& context) {
  const auto parts = context.parts();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    RC_ASSERT(!parts[i].intervals.empty());
    if (i > 0) RC_ASSERT(parts[i - 1].replica < parts[i].replica);
    for (std::size_t k = 0; k < parts[i].intervals.size(); ++k) {
      RC_ASSERT(parts[i].intervals[k].first >= 1u);
      RC_ASSERT(parts[i].intervals[k].first <= parts[i].intervals[k].last);
      if (k > 0) RC_ASSERT(parts[i].intervals[k - 1].last + 1 < parts[i].intervals[k].first);
    }
  }
}

RC_GTEST_PROP(CausalContext, IsASetOfDots, (std::uint64_t bits, std::uint64_t more)) {
  const Dots here = dots_from(bits);
  const Dots there = dots_from(more);
  const CausalContext context = context_of(here);
  expect_canonical(context);
  RC_ASSERT(dots_of(context) == here);
  RC_ASSERT(context.empty() == here.empty());
  for (std::uint8_t number = 0; number < replicas; ++number) {
    const core::ReplicaId id = replica_number(number);
    Sequence complete = 0;
    Sequence greatest = 0;
    for (Sequence sequence = 1; sequence <= sequences + 1; ++sequence) {
      RC_ASSERT(context.contains({id, sequence}) == here.contains({id, sequence}));
      if (!here.contains({id, sequence})) continue;
      greatest = sequence;
      if (complete + 1 == sequence) complete = sequence;
    }
    RC_ASSERT(context.complete_to(id) == complete);
    RC_ASSERT(context.greatest(id) == greatest);
    for (Sequence first = 1; first <= sequences; ++first) {
      for (Sequence last = first; last <= sequences; ++last) {
        const auto found = here.lower_bound({id, first});
        const bool any = found != here.end() && *found <= Dot{id, last};
        RC_ASSERT(context.contains_any(id, {first, last}) == any);
      }
    }
  }
  RC_ASSERT(context.covers(context_of(there)) == std::includes(here.begin(), here.end(), there.begin(), there.end()));
}

RC_GTEST_PROP(CausalContext, CoversWhatItWasMadeOf, (std::uint64_t bits, std::uint64_t mask)) {
  const CausalContext all = context_of(dots_from(bits));
  const CausalContext some = context_of(dots_from(bits & mask));
  RC_ASSERT(all.covers(some));
  RC_ASSERT(some.covers(all) == (some == all));
}

RC_GTEST_PROP(CausalContext, UnitesSubtractsAndIntersects, (std::uint64_t bits, std::uint64_t more)) {
  const Dots here = dots_from(bits);
  const Dots there = dots_from(more);
  const CausalContext other = context_of(there);

  CausalContext united = context_of(here);
  united.add(other);
  Dots all = here;
  all.insert(there.begin(), there.end());
  RC_ASSERT(united == context_of(all));
  expect_canonical(united);

  CausalContext rest = context_of(here);
  rest.remove(other);
  RC_ASSERT(rest == context_of(dots_from(bits & ~more)));
  expect_canonical(rest);

  const CausalContext both = context_of(here).intersection(other);
  RC_ASSERT(both == context_of(dots_from(bits & more)));
  expect_canonical(both);

  CausalContext one_by_one = context_of(here);
  for (const Dot& dot : there) one_by_one.remove(dot);
  RC_ASSERT(one_by_one == rest);
}

RC_GTEST_PROP(CausalContext, TakesIntervalsInAnyOrder, (std::vector<std::pair<std::uint8_t, std::uint8_t>> ends)) {
  CausalContext context;
  Dots dots;
  for (const auto& [one, another] : ends) {
    const Interval interval{1u + std::min(one, another), 1u + std::max(one, another)};
    context.add(replica_number(7), interval);
    for (Sequence sequence = interval.first; sequence <= interval.last; ++sequence) {
      dots.insert({replica_number(7), sequence});
    }
  }
  expect_canonical(context);
  RC_ASSERT(dots_of(context) == dots);
}

// Of many replicas and many intervals, so that every way to search in them is taken, near and far.
RC_GTEST_PROP(CausalContext, IsASetOfDotsHoweverLarge,
              (std::vector<std::uint16_t> one, std::vector<std::uint16_t> two)) {
  const auto dots_of_numbers = [](const std::vector<std::uint16_t>& numbers) {
    Dots dots;
    for (const std::uint16_t number : numbers) {
      for (std::uint16_t i = 0; i < 5; ++i) {  // 80 replicas, 100 sequences
        const auto mixed = static_cast<std::uint32_t>(number + i * 7'919u) * 2'654'435'761u >> 8;
        dots.insert({replica_number(static_cast<std::uint8_t>(mixed % 80)), 1 + mixed / 80 % 100});
      }
    }
    return dots;
  };
  const Dots here = dots_of_numbers(one);
  const Dots there = dots_of_numbers(two);
  const CausalContext context = context_of(here);
  const CausalContext other = context_of(there);
  expect_canonical(context);
  RC_ASSERT(dots_of(context) == here);
  for (const Dot& dot : there) RC_ASSERT(context.contains(dot) == here.contains(dot));
  RC_ASSERT(context.covers(other) == std::includes(here.begin(), here.end(), there.begin(), there.end()));

  CausalContext united = context;
  united.add(other);
  expect_canonical(united);
  Dots all = here;
  all.insert(there.begin(), there.end());
  RC_ASSERT(dots_of(united) == all);
  RC_ASSERT(united.covers(context) && united.covers(other));
  united.remove(other);
  expect_canonical(united);
  std::erase_if(all, [&](const Dot& dot) { return there.contains(dot); });
  RC_ASSERT(dots_of(united) == all);
}

TEST(CausalContext, TheNextEventExtendsTheLastInterval) {
  CausalContext context;
  context.add(replica_number(1), {1, 5});
  context.add({replica_number(1), 6});
  EXPECT_EQ(context.interval_count(), 1u);
  context.add({replica_number(1), 8});
  EXPECT_EQ(context.interval_count(), 2u);
  EXPECT_EQ(context.complete_to(replica_number(1)), 6u);
  context.add({replica_number(1), 7});
  EXPECT_EQ(context.interval_count(), 1u);
  EXPECT_EQ(context.complete_to(replica_number(1)), 8u);
}

TEST(CausalContext, HoldsTheGreatestSequenceThereIs) {
  CausalContext context;
  context.add(replica_number(1), {UINT64_MAX, UINT64_MAX});
  context.add(replica_number(1), {1, 2});
  EXPECT_TRUE(context.contains({replica_number(1), UINT64_MAX}));
  EXPECT_FALSE(context.contains({replica_number(1), 3}));
  context.add(replica_number(1), {3, UINT64_MAX});
  EXPECT_EQ(context.interval_count(), 1u);
  context.remove({replica_number(1), UINT64_MAX});
  EXPECT_EQ(context.greatest(replica_number(1)), UINT64_MAX - 1);
}

TEST(CausalContextDeathTest, RefusesAnIntervalThatEndsBeforeItBegins) {
  CausalContext context;
  EXPECT_DEATH(context.add(replica_number(1), {3, 2}), "");
  EXPECT_DEATH(context.add(replica_number(1), {0, 2}), "");
}

}  // namespace
}  // namespace skerry::crdt
