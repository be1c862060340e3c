#include "edge/noise_pattern.h"

#include <algorithm>
#include <array>
#include <optional>

namespace skerry::edge {

namespace {

// One line a pattern, in the specification's order.  Messages are separated by '|', the initiator's first.
struct PatternRow {
  std::string_view name;
  std::string_view initiator_premessage;  // "s" or nothing
  std::string_view responder_premessage;
  std::string_view messages;
};

constexpr PatternRow patterns[] = {
    // 7.4 one-way
    {"N", "", "s", "e es"},
    {"K", "s", "s", "e es ss"},
    {"X", "", "s", "e es s ss"},
    // 7.5 interactive, fundamental
    {"NN", "", "", "e|e ee"},
    {"NK", "", "s", "e es|e ee"},
    {"NX", "", "", "e|e ee s es"},
    {"XN", "", "", "e|e ee|s se"},
    {"XK", "", "s", "e es|e ee|s se"},
    {"XX", "", "", "e|e ee s es|s se"},
    {"KN", "s", "", "e|e ee se"},
    {"KK", "s", "s", "e es ss|e ee se"},
    {"KX", "s", "", "e|e ee se s es"},
    {"IN", "", "", "e s|e ee se"},
    {"IK", "", "s", "e es s ss|e ee se"},
    {"IX", "", "", "e s|e ee se s es"},
    // 7.6 and 18.1 interactive, deferred
    {"NK1", "", "s", "e|e ee es"},
    {"NX1", "", "", "e|e ee s|es"},
    {"X1N", "", "", "e|e ee|s|se"},
    {"X1K", "", "s", "e es|e ee|s|se"},
    {"XK1", "", "s", "e|e ee es|s se"},
    {"X1K1", "", "s", "e|e ee es|s|se"},
    {"X1X", "", "", "e|e ee s es|s|se"},
    {"XX1", "", "", "e|e ee s|es s se"},
    {"X1X1", "", "", "e|e ee s|es s|se"},
    {"K1N", "s", "", "e|e ee|se"},
    {"K1K", "s", "s", "e es|e ee|se"},
    {"KK1", "s", "s", "e|e ee se es"},
    {"K1K1", "s", "s", "e|e ee es|se"},
    {"K1X", "s", "", "e|e ee s es|se"},
    {"KX1", "s", "", "e|e ee se s|es"},
    {"K1X1", "s", "", "e|e ee s|se es"},
    {"I1N", "", "", "e s|e ee|se"},
    {"I1K", "", "s", "e es s|e ee|se"},
    {"IK1", "", "s", "e s|e ee se es"},
    {"I1K1", "", "s", "e s|e ee es|se"},
    {"I1X", "", "", "e s|e ee s es|se"},
    {"IX1", "", "", "e s|e ee se s|es"},
    {"I1X1", "", "", "e s|e ee s|se es"},
};

std::vector<core::BytesView> split_at(core::BytesView text, char separator) {
  std::vector<core::BytesView> parts;
  for (std::size_t at = text.find(separator); at != text.npos; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

Token token_of(core::BytesView word) {
  if (word == "e") return Token::e;
  if (word == "s") return Token::s;
  if (word == "ee") return Token::ee;
  if (word == "es") return Token::es;
  if (word == "se") return Token::se;
  core::ensure(word == "ss");
  return Token::ss;
}

HandshakePattern pattern_of(const PatternRow& row) {
  HandshakePattern pattern;
  pattern.initiator_static_known = !row.initiator_premessage.empty();
  pattern.responder_static_known = !row.responder_premessage.empty();
  for (const core::BytesView message : split_at(row.messages, '|')) {
    Tokens& tokens = pattern.messages.emplace_back();
    for (const core::BytesView word : split_at(message, ' ')) tokens.push_back(token_of(word));
  }
  pattern.one_way = pattern.messages.size() == 1;
  return pattern;
}

// Section 9.4: psk0 stands at the beginning of the first message, pskN at the end of message N.
std::optional<std::string> apply_modifier(core::BytesView modifier, HandshakePattern& pattern) {
  const bool is_psk =
      modifier.size() == 4 && modifier.substr(0, 3) == "psk" && modifier[3] >= '0' && modifier[3] <= '9';
  if (!is_psk) return "the modifier '" + std::string(modifier) + "' is not psk0, psk1, ...";
  const auto number = static_cast<std::size_t>(modifier[3] - '0');
  if (number > pattern.messages.size()) return "the pattern has no message for " + std::string(modifier);
  Tokens& tokens = pattern.messages[number == 0 ? 0 : number - 1];
  const auto place = number == 0 ? tokens.begin() : tokens.end();
  const bool twice = number == 0 ? tokens.front() == Token::psk : tokens.back() == Token::psk;
  if (twice) return "the modifier " + std::string(modifier) + " stands there twice";
  tokens.insert(place, Token::psk);
  return std::nullopt;
}

tl::unexpected<core::Error> refuse(core::BytesView name, const std::string& reason) {
  return core::fail(core::ErrorCode::unsupported, "the Noise protocol " + std::string(name) + ": " + reason);
}

std::optional<HashName> hash_named(core::BytesView name) {
  if (name == "SHA256") return HashName::sha256;
  if (name == "SHA512") return HashName::sha512;
  if (name == "BLAKE2b") return HashName::blake2b;
  return std::nullopt;
}

// "XXpsk0+psk3" is a base pattern, then modifiers: the first directly behind it, the others after a '+'.
core::Result<HandshakePattern> parse_pattern(core::BytesView protocol, core::BytesView text) {
  const std::size_t base_size = std::min(text.find_first_of("abcdefghijklmnopqrstuvwxyz"), text.size());
  const core::BytesView base = text.substr(0, base_size);
  const auto row = std::find_if(std::begin(patterns), std::end(patterns),
                                [base](const PatternRow& candidate) { return candidate.name == base; });
  if (row == std::end(patterns)) return refuse(protocol, "no pattern is called '" + std::string(base) + "'");
  HandshakePattern pattern = pattern_of(*row);
  if (base_size == text.size()) return pattern;
  for (const core::BytesView modifier : split_at(text.substr(base_size), '+')) {
    if (const auto problem = apply_modifier(modifier, pattern)) return refuse(protocol, *problem);
  }
  return pattern;
}

}  // namespace

std::size_t HandshakePattern::psks() const {
  std::size_t count = 0;
  for (const Tokens& tokens : messages) count += std::count(tokens.begin(), tokens.end(), Token::psk);
  return count;
}

core::Result<NoiseProtocol> parse_protocol_name(core::BytesView name) {
  const std::vector<core::BytesView> parts = split_at(name, '_');
  if (parts.size() != 5 || parts[0] != "Noise") {
    return refuse(name, "its form is not Noise_PATTERN_25519_ChaChaPoly_HASH");
  }
  if (parts[2] != "25519") return refuse(name, "the only DH function is 25519");
  if (parts[3] != "ChaChaPoly") return refuse(name, "the only cipher is ChaChaPoly");
  const std::optional<HashName> hash = hash_named(parts[4]);
  if (!hash) return refuse(name, "the hash is none of SHA256, SHA512, BLAKE2b");
  core::Result<HandshakePattern> pattern = parse_pattern(name, parts[1]);
  if (!pattern) return tl::make_unexpected(pattern.error());
  return NoiseProtocol{std::string(name), std::move(*pattern), *hash};
}

std::vector<std::string> base_pattern_names() {
  std::vector<std::string> names;
  for (const PatternRow& row : patterns) names.emplace_back(row.name);
  return names;
}

}  // namespace skerry::edge
