// HOST:PORT as people write it: 127.0.0.1:6379, [::1]:6379, eu.example.org:7600.
#pragma once

#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/result.h"

namespace skerry::edge {

struct HostPort {
  std::string host;  // a name or an address; an IPv6 address without its brackets
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

inline constexpr const char* host_port_accepted =
    "HOST:PORT, such as 127.0.0.1:6379, [::1]:6379 or eu.example.org:7600";

// Does not look the host up.  Port 0 is accepted: "any that is free".  The error says what is wrong and what is
// accepted.
core::Result<HostPort> parse_host_port(core::BytesView text);
std::string to_text(const HostPort& address);  // with brackets again

}  // namespace skerry::edge
