#include "edge/arrival_rate.h"

#include <algorithm>

namespace skerry::edge {

namespace ip = boost::asio::ip;

bool Pace::admits(const Rate& rate, core::Instant now) {
  const core::Instant from = std::max(full_at_, now);
  if (from - now > rate.every * (rate.burst - 1)) return false;
  full_at_ = from + rate.every;
  return true;
}

ip::address network_of(const ip::address& address) {
  if (!address.is_v6()) return address;
  const ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6);
  ip::address_v6::bytes_type bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return ip::address_v6(bytes);
}

bool ArrivalRate::admits(const ip::address& network, core::Instant now) {
  if (paces_.size() >= options_.networks_max && !paces_.contains(network)) {
    std::erase_if(paces_, [now](const auto& entry) { return entry.second.rested(now); });
    if (paces_.size() >= options_.networks_max) return true;
  }
  return paces_[network].admits(options_.rate, now);
}

}  // namespace skerry::edge
