#include "edge/demo_values.h"

#include <algorithm>

namespace skerry::edge {
namespace {

// The items of the array, `step` to a word, sorted and apart by spaces.
std::string words_of(const RespReply& reply, std::size_t step) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i + step <= reply.items.size(); i += step) {
    words.push_back(reply.items[i].text);
    if (step == 2) words.back() += "=" + reply.items[i + 1].text;
  }
  std::sort(words.begin(), words.end());
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

const std::vector<DemoKey>& demo_keys() {
  static const std::vector<DemoKey> keys = {
      {"greeting", {"GET", "greeting"}, ValueShape::text, ""},
      {"visits", {"GET", "visits"}, ValueShape::text, ""},
      {"cart", {"SMEMBERS", "cart"}, ValueShape::members, "apples milk"},
      {"user:7", {"HGETALL", "user:7"}, ValueShape::fields, "city=Paris plan=pro"},
  };
  return keys;
}

std::string value_text(ValueShape shape, const RespReply& reply) {
  std::string text;
  if (reply.type == RespReply::Type::error) return reply.text;
  switch (shape) {
    case ValueShape::text:
      text = reply.text;
      break;
    case ValueShape::members:
      text = words_of(reply, 1);
      break;
    case ValueShape::fields:
      text = words_of(reply, 2);
      break;
  }
  return text.empty() ? "-" : text;
}

}  // namespace skerry::edge
