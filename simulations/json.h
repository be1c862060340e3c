// JSON for programs that read what the simulator found: values as text, and objects that keep their order.
#pragma once

#include <cstdint>
#include <string>

namespace skerry::simulations::json {

std::string quoted(const std::string& text);
std::string decimal(double value);  // to the thousandth

// One object.  Values are JSON already.
class Object {
 public:
  void add(const char* name, const std::string& value);
  void add(const char* name, std::uint64_t value) { add(name, std::to_string(value)); }
  std::string object() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

}  // namespace skerry::simulations::json
