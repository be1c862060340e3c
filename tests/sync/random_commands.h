// Commands drawn by chance, the same for whatever keeps the cells.
#pragma once

#include <string>

#include "core/random.h"
#include "crdt/key_writer.h"

namespace skerry::sync {

inline std::string random_key(core::Random& random) {
  // One with a zero byte, because those are escaped in addresses.
  static const std::string names[] = {"a", "b", "c", "d", "e", std::string("f\0g", 3), "", "a longer name than most"};
  return names[random.below(std::size(names))];
}

inline std::string random_member(core::Random& random) {
  static const std::string names[] = {"", "m", "n", "o", "p", std::string("\0", 1), "\xff", "another longer name", "q"};
  return names[random.below(std::size(names))];
}

// One command on the key; errors of the command's own rule are as good as success.
template <class Writer>
void random_command(core::Random& random, core::WallTime now, Writer write) {
  const std::string member = random_member(random);
  const std::string value = "value " + std::to_string(random.below(1000));
  const auto number = static_cast<std::int64_t>(random.below(100)) - 50;
  const core::WallTime deadline = now + std::chrono::milliseconds(random.below(400));
  switch (random.below(21)) {
    case 0:
    case 1:
      return static_cast<void>(write.set(value, {}));
    case 2:
      return static_cast<void>(write.set(std::to_string(number), deadline));
    case 3:
      return static_cast<void>(write.set(value, crdt::KeepDeadline{}));
    case 4:
      return static_cast<void>(write.increment(number));
    case 5:
      return static_cast<void>(write.increment_float(0.5));
    case 6:
    case 7:
      return static_cast<void>(write.hash_set(member, value));
    case 8:
      return static_cast<void>(write.hash_increment(member, number));
    case 9:
      return static_cast<void>(write.hash_remove(member));
    case 10:
    case 11:
    case 12:
      return static_cast<void>(write.set_add(member));
    case 13:
      return static_cast<void>(write.set_remove(member));
    case 14:
    case 15:
      return static_cast<void>(write.sorted_set_add(member, static_cast<double>(number) / 4));
    case 16:
      return static_cast<void>(write.sorted_set_increment(member, static_cast<double>(number) / 4));
    case 17:
      return static_cast<void>(write.sorted_set_remove(member));
    case 18:
      return static_cast<void>(write.expire(deadline));
    case 19:
      return static_cast<void>(write.expire(std::nullopt));
    default:
      return static_cast<void>(write.remove());
  }
}

}  // namespace skerry::sync
