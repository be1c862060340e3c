// The keys of the demo, and what their values look like in a table.
#pragma once

#include <string>
#include <vector>

#include "edge/resp_client.h"

namespace skerry::edge {

enum class ValueShape { text, members, fields };

struct DemoKey {
  std::string name;
  RespCommand read;
  ValueShape shape;
  std::string at_the_end;  // what every region must show after the story; empty: see DemoStory
};

// greeting, visits, cart, user:7.
const std::vector<DemoKey>& demo_keys();

// Members sorted, fields as name=value in the order of names; "-" when there is nothing.
std::string value_text(ValueShape shape, const RespReply& reply);

}  // namespace skerry::edge
