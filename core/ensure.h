// A condition that only a bug of ours can make false.  Checked in every build; aborts.
// Never for what comes from outside: that is a Result (core/result.h).
#pragma once

namespace skerry::core {

[[noreturn]] void ensure_failed(const char* file, int line);

// clang 14 with libstdc++ 12 has no std::source_location; the builtins work in both compilers.
inline void ensure(bool condition, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!condition) [[unlikely]]
    ensure_failed(file, line);
}

}  // namespace skerry::core
