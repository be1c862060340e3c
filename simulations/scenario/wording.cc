#include "simulations/scenario/wording.h"

namespace skerry::simulations::scenario {

std::string printable(core::BytesView text, std::size_t size_max) {
  constexpr char erase = 0x7f;
  std::string printed;
  for (const char letter : text.substr(0, size_max)) {
    const bool moves = static_cast<unsigned char>(letter) < ' ' || letter == erase;
    printed += moves ? '?' : letter;
  }
  return printed + (text.size() > size_max ? "…" : "");
}

std::string in_quotes(core::BytesView text) {
  constexpr std::size_t size_max = 60;
  return "'" + printable(text, size_max) + "'";
}

std::string any_of(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

}  // namespace skerry::simulations::scenario
