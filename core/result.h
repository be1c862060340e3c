// A value, or the reason why there is none.  For failures that the outside can cause; a bug is ensure(),
// an absence is std::optional.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace skerry::core {

enum class ErrorCode {
  malformed,     // bytes that are not what their format says
  too_large,     // beyond a limit of sync/limits.h
  unsupported,   // a version, payload or feature this build does not know
  wrong_type,    // the key holds another kind
  not_a_number,  // the value or argument is no integer or float in Redis's sense
  overflow,      // a number leaves its range
  invalid,       // an argument or a setting that is not accepted
  io,            // the disk or the network failed
  no_space,      // the disk is full: nothing was written, and once there is space the same can be written
  corrupt,       // a checksum does not match
  refused,       // a peer or a rule said no
  busy,          // not now; a later try may succeed
};

struct Error {
  ErrorCode code;
  std::string detail;  // one sentence for a person: what was wrong, where, what is accepted
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string detail) {
  return tl::make_unexpected(Error{code, std::move(detail)});
}

// The failure of another result, returned as one's own.  REQUIRES that it has failed.
template <class T>
[[nodiscard]] tl::unexpected<Error> failure(const Result<T>& result) {
  return tl::make_unexpected(result.error());
}

}  // namespace skerry::core
