#include "edge/key_lookahead.h"

#include <optional>

namespace skerry::edge {

namespace {

using core::BytesView;

// Skimming a long request costs more than waiting for the memory of its one key; and one that comes in many small
// pieces would be skimmed anew with each.
constexpr std::size_t words_max = 64;

// Reads RESP without checking more than it needs to keep its place.
class Skimmer {
 public:
  explicit Skimmer(BytesView bytes) : rest_(bytes) {}

  // The number of a header line, such as the 3 of "*3\r\n".  Nothing if it is not whole, or no plain small number.
  std::optional<std::size_t> header(char marker) {
    constexpr std::size_t digits_max = 7;
    if (rest_.size() < 4 || rest_[0] != marker) return std::nullopt;
    std::size_t number = 0;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] >= '0' && rest_[at] <= '9'; ++at) {
      number = 10 * number + static_cast<std::size_t>(rest_[at] - '0');
    }
    if (at == 1 || at > digits_max || at + 2 > rest_.size() || rest_[at] != '\r') return std::nullopt;
    rest_.remove_prefix(at + 2);
    return number;
  }

  std::optional<BytesView> word() {
    const auto size = header('$');
    if (!size || rest_.size() < *size + 2) return std::nullopt;
    const BytesView found = rest_.substr(0, *size);
    rest_.remove_prefix(*size + 2);
    return found;
  }

 private:
  BytesView rest_;
};

}  // namespace

Lookahead keys_ahead(BytesView bytes, std::span<BytesView> keys) {
  Lookahead found;
  Skimmer skimmer(bytes);
  while (found.requests < keys.size()) {
    const auto words = skimmer.header('*');
    if (!words || *words > words_max) return found;
    for (std::size_t i = 0; i < *words; ++i) {
      const auto word = skimmer.word();
      if (!word) {
        if (i >= 2) --found.keys;  // of a request that is not whole
        return found;
      }
      if (i == 1) keys[found.keys++] = *word;
    }
    ++found.requests;
  }
  return found;
}

}  // namespace skerry::edge
