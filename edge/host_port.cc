#include "edge/host_port.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace skerry::edge {

using core::BytesView;

namespace {

constexpr std::size_t host_size_max = 253;  // what DNS allows

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name(BytesView host) {
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return letter_or_digit(c) || c == '.' || c == '-' || c == '_'; });
}

// Close enough to see a slip; whether it is an address, the system says when it is used.  '%' begins a zone.
bool looks_like_ipv6(BytesView host) {
  return host.find(':') != host.npos && std::all_of(host.begin(), host.end(), [](char c) {
           return letter_or_digit(c) || c == ':' || c == '.' || c == '%' || c == '-' || c == '_';
         });
}

std::optional<std::uint16_t> port_of(BytesView text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

tl::unexpected<core::Error> refuse(const char* reason) {
  return core::fail(core::ErrorCode::invalid, std::string(reason) + "; accepted is " + host_port_accepted);
}

}  // namespace

core::Result<HostPort> parse_host_port(BytesView text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos || text.back() == ']') return refuse("the port is missing");
  BytesView host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty()) return refuse("the host is missing (0.0.0.0 and [::] are all of this machine)");
  if (host.size() > host_size_max) return refuse("the host is longer than any name");
  if (!bracketed && host.find(':') != host.npos) return refuse("an IPv6 address needs brackets");
  if (bracketed ? !looks_like_ipv6(host) : !is_name(host)) return refuse("the host is neither a name nor an address");
  const std::optional<std::uint16_t> port = port_of(text.substr(colon + 1));
  if (!port) return refuse("the port is no number from 0 to 65535");
  return HostPort{std::string(host), *port};
}

std::string to_text(const HostPort& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return (ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace skerry::edge
