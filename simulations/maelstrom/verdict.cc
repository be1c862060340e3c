#include "simulations/maelstrom/verdict.h"

namespace skerry::simulations::maelstrom {

const char* name_of(Valid valid) {
  switch (valid) {
    case Valid::no:
      return "false";
    case Valid::unknown:
      return "unknown";
    case Valid::yes:
      return "true";
  }
  return "";
}

std::string listed(const std::vector<std::string>& items, std::size_t most) {
  std::string text;
  for (std::size_t item = 0; item < items.size() && item < most; ++item) text += (item == 0 ? "" : ", ") + items[item];
  if (items.size() > most) text += " and " + std::to_string(items.size() - most) + " more";
  return text;
}

}  // namespace skerry::simulations::maelstrom
