// Two hosts and what each has heard of the other.
#pragma once

#include <string>

#include "simulations/model.h"

namespace skerry::simulations {

using namespace std::chrono_literals;

struct TwoHosts {
  std::string told(HostIndex host, const Command& command) {
    model.begin(host, now);
    std::string answer = model.answer(command);
    last = model.end();
    for (const Model::Register& written : model.registers_of(last))
      model.stamped(written.mark, {static_cast<std::uint64_t>(core::unix_milliseconds(now)) << 16 | ++stamps});
    return answer;
  }
  // The other host hears of it.
  void tell(HostIndex host, EffectIndex effect) { model.learn(host, effect); }
  std::string get(HostIndex host, const core::Bytes& key, const core::Bytes& member = {}) {
    return told(host, {.verb = Verb::get, .key = key, .member = member});
  }

  Model model{{{{1}}, {{2}}}};
  core::WallTime now = core::from_unix_milliseconds(1'700'000'000'000);
  EffectIndex last = 0;
  std::uint64_t stamps = 0;
};

}  // namespace skerry::simulations
