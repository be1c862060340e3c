#include "simulations/json.h"

#include <cstdio>

namespace skerry::simulations::json {

std::string quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') quoted += '\\';
    if (static_cast<unsigned char>(letter) >= ' ') {
      quoted += letter;
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(letter)));
      quoted += escaped;
    }
  }
  return quoted + "\"";
}

std::string decimal(double value) {
  char text[48];
  std::snprintf(text, sizeof(text), "%.3f", value);
  return text;
}

void Object::add(const char* name, const std::string& value) {
  text_ += (text_.empty() ? "\"" : ",\"") + std::string(name) + "\":" + value;
}

}  // namespace skerry::simulations::json
