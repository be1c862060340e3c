#include "edge/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <span>

#include "edge/config_value.h"
#include "edge/key_file.h"

namespace skerry::edge {

using core::Bytes;
using core::BytesView;
using core::ErrorCode;
using core::Result;
using std::filesystem::path;

namespace {

// What the file has said so far.
struct Draft {
  path folder;  // of the file
  Config config;
  ClusterConfig cluster;
  std::string peers_place;  // where [peers] begins, if it does
};

struct PeerDraft {
  std::optional<std::string> name;
  std::optional<HostPort> address;
  std::optional<PublicKey> public_key;
};

template <class Value>
Result<Value> known_word(std::optional<Value> value, BytesView text, BytesView accepted) {
  if (value) return *value;
  return not_accepted(in_quotes(text) + " is not known", accepted);
}

// Puts the value where it belongs, or passes the error on.
template <class Target, class Value>
Result<void> put(Target& target, Result<Value> value) {
  if (!value) return tl::make_unexpected(value.error());
  target = std::move(*value);
  return {};
}

// --- the tables of the file

constexpr BytesView public_key_accepted = "skerry-public-key: and 32 bytes in base64, as `skerry keygen` prints it";
constexpr BytesView level_accepted = "debug, info, warn or error";
constexpr BytesView format_accepted = "text or json";

template <class Target>
struct Key {
  BytesView name;
  BytesView accepted;
  Result<void> (*take)(Target&, BytesView);
  std::string* (*place)(Target&) =
      nullptr;  // where to note where it was said, for what only the machine can find wrong
};

constexpr std::array node_keys = {
    Key<Draft>{"region", name_accepted,
               [](Draft& d, BytesView text) { return put(d.config.region, parse_name(text)); }},
    Key<Draft>{"data", folder_accepted,
               [](Draft& d, BytesView text) { return put(d.config.data, parse_folder(text, d.folder)); }},
    Key<Draft>{"ack", ack_accepted, [](Draft& d, BytesView text) { return put(d.config.ack, parse_ack(text)); }},
    Key<Draft>{"cache", cache_accepted,
               [](Draft& d, BytesView text) { return put(d.config.cache_bytes, parse_cache(text)); }},
};

constexpr std::array resp_keys = {
    Key<Draft>{"listen", host_port_accepted,
               [](Draft& d, BytesView text) { return put(d.config.resp, parse_host_port(text)); },
               [](Draft& d) { return &d.config.resp_place; }},
};

constexpr std::array peers_keys = {
    Key<Draft>{"listen", host_port_accepted,
               [](Draft& d, BytesView text) { return put(d.cluster.listen, parse_host_port(text)); },
               [](Draft& d) { return &d.cluster.listen_place; }},
    Key<Draft>{
        "private_key_file", secret_file_accepted,
        [](Draft& d, BytesView text) { return put(d.cluster.private_key_file, parse_secret_file(text, d.folder)); },
        [](Draft& d) { return &d.cluster.private_key_place; }},
    Key<Draft>{
        "cluster_secret_file", secret_file_accepted,
        [](Draft& d, BytesView text) { return put(d.cluster.cluster_secret_file, parse_secret_file(text, d.folder)); },
        [](Draft& d) { return &d.cluster.cluster_secret_place; }},
    Key<Draft>{"cluster", cluster_accepted,
               [](Draft& d, BytesView text) { return put(d.cluster.cluster, parse_cluster_name(text)); }},
};

constexpr std::array peer_keys = {
    Key<PeerDraft>{"name", name_accepted, [](PeerDraft& p, BytesView text) { return put(p.name, parse_name(text)); }},
    Key<PeerDraft>{"address", host_port_accepted,
                   [](PeerDraft& p, BytesView text) { return put(p.address, parse_host_port(text)); }},
    Key<PeerDraft>{"public_key", public_key_accepted,
                   [](PeerDraft& p, BytesView text) { return put(p.public_key, public_key_from_text(text)); }},
};

constexpr std::array log_keys = {
    Key<Draft>{"level", level_accepted,
               [](Draft& d, BytesView text) {
                 return put(d.config.log.level, known_word(log_level(text), text, level_accepted));
               }},
    Key<Draft>{"format", format_accepted,
               [](Draft& d, BytesView text) {
                 return put(d.config.log.format, known_word(log_format(text), text, format_accepted));
               }},
};

constexpr std::array<BytesView, 5> table_names = {"node", "resp", "peers", "peer", "log"};

template <class Keys>
bool has_key(const Keys& keys, BytesView word) {
  return std::any_of(keys.begin(), keys.end(), [word](const auto& key) { return key.name == word; });
}

// A key above the first table is a frequent slip.  Where it belongs, or nothing.
std::string home_of(BytesView word) {
  std::string home;
  const auto add = [&home](const char* table) {
    home += (home.empty() ? "; it belongs below " : " or ") + Bytes(table);
  };
  if (has_key(node_keys, word)) add("[node]");
  if (has_key(resp_keys, word)) add("[resp]");
  if (has_key(peers_keys, word)) add("[peers]");
  if (has_key(peer_keys, word)) add("[[peer]]");
  if (has_key(log_keys, word)) add("[log]");
  return home;
}

// --- reading

class Reader {
 public:
  explicit Reader(const path& file) : file_(file.string()) {}

  std::string place(const toml::source_region& source) const { return file_ + ":" + std::to_string(source.begin.line); }

  template <class Target, std::size_t count>
  Result<void> read_table(const toml::table& table, const std::string& title,
                          const std::array<Key<Target>, count>& keys, Target& target) const {
    for (const auto& [name, node] : table) {
      const auto named = [word = name.str()](const auto& one) { return one.name == word; };
      const auto key = std::find_if(keys.begin(), keys.end(), named);
      const std::string where = place(name.source()) + ": " + title + " ";
      if (key == keys.end()) {
        std::array<BytesView, count> known;
        std::transform(keys.begin(), keys.end(), known.begin(), [](const auto& one) { return one.name; });
        return core::fail(ErrorCode::invalid, where + unknown_word(name.str(), known));
      }
      const auto* text = node.as_string();
      if (text == nullptr) {
        return not_accepted(where + std::string(key->name) + " is not a text in quotes", key->accepted);
      }
      if (const Result<void> taken = key->take(target, text->get()); !taken) {
        return core::fail(taken.error().code, where + std::string(key->name) + ": " + taken.error().detail);
      }
      if (key->place != nullptr) *key->place(target) = where + std::string(key->name);
    }
    return {};
  }

  Result<void> read_peer(const toml::table& table, Draft& draft) const {
    PeerDraft peer;
    if (const Result<void> read = read_table(table, "[[peer]]", peer_keys, peer); !read) return read;
    const std::string title = place(table.source()) + ": [[peer]]", where = title + " ";
    if (draft.cluster.peers.size() == sync::links_max) {
      return not_accepted(title + ": this is one too many", "at most " + std::to_string(sync::links_max) + " peers");
    }
    if (!peer.name) return not_accepted(where + "name is missing", name_accepted);
    if (!peer.public_key) return not_accepted(where + "public_key is missing", public_key_accepted);
    if (peer.address && peer.address->port == 0) {
      return not_accepted(where + "address: nobody can dial port 0", host_port_accepted);
    }
    for (const PeerConfig& other : draft.cluster.peers) {
      const bool same_name = other.name == *peer.name;
      if (!same_name && other.public_key != *peer.public_key) continue;
      return not_accepted(
          where + (same_name ? "name: " : "public_key: ") + "the [[peer]] " + in_quotes(other.name) + " has the same",
          "one that no other has");
    }
    draft.cluster.peers.push_back({std::move(*peer.name), std::move(peer.address), *peer.public_key, title});
    return {};
  }

  Result<void> read_peers(const toml::node& node, Draft& draft) const {
    const toml::array* peers = node.as_array();
    if (peers == nullptr || !peers->is_homogeneous<toml::table>()) {
      return core::fail(ErrorCode::invalid, place(node.source()) +
                                                ": peer is not a list; accepted is [[peer]], once "
                                                "for each peer");
    }
    for (const toml::node& peer : *peers) {
      if (const Result<void> read = read_peer(*peer.as_table(), draft); !read) return read;
    }
    return {};
  }

  Result<void> read_top(const toml::key& name, const toml::node& node, Draft& draft) const {
    if (std::find(table_names.begin(), table_names.end(), name.str()) == table_names.end()) {
      return core::fail(ErrorCode::invalid,
                        place(name.source()) + ": " + unknown_word(name.str(), table_names) + home_of(name.str()));
    }
    if (name == "peer") return read_peers(node, draft);
    const toml::table* table = node.as_table();
    const std::string title = "[" + std::string(name.str()) + "]";
    if (table == nullptr) {
      return core::fail(ErrorCode::invalid, place(name.source()) + ": " + std::string(name.str()) +
                                                " is no table; accepted is " + title + " and its keys below");
    }
    if (name == "node") return read_table(*table, title, node_keys, draft);
    if (name == "resp") return read_table(*table, title, resp_keys, draft);
    if (name == "log") return read_table(*table, title, log_keys, draft);
    draft.peers_place = place(name.source());
    return read_table(*table, title, peers_keys, draft);
  }

  Result<void> read(BytesView text, Draft& draft) const {
    try {
      const toml::table top = toml::parse(text, file_);
      for (const auto& [name, node] : top) {
        if (const Result<void> read_it = read_top(name, node, draft); !read_it) return read_it;
      }
    } catch (const toml::parse_error& error) {  // toml++'s way to say "malformed"; it ends here
      return core::fail(ErrorCode::malformed,
                        place(error.source()) + ": this is not TOML: " + printable(error.description(), 200));
    }
    return {};
  }

 private:
  std::string file_;
};

// --- the command line, and what only the whole can say

template <class Target, class Value>
Result<void> put_option(const char* name, Target& target, Result<Value> value) {
  if (!value) return core::fail(value.error().code, std::string(name) + ": " + value.error().detail);
  target = std::move(*value);
  return {};
}

Result<void> apply(const ServeCommand& command, Draft& draft) {
  Config& config = draft.config;
  Result<void> done;
  if (command.ack) config.ack = *command.ack;
  if (command.log_level) config.log.level = *command.log_level;
  if (command.log_format) config.log.format = *command.log_format;
  if (done && command.data) done = put_option("--data", config.data, parse_folder(*command.data, {}));
  if (done && command.region) done = put_option("--region", config.region, parse_name(*command.region));
  if (done && command.resp) {
    config.resp_place = "--resp";
    done = put_option("--resp", config.resp, parse_host_port(*command.resp));
  }
  if (done && command.peer_listen) {
    draft.cluster.listen_place = "--peer-listen";
    done = put_option("--peer-listen", draft.cluster.listen, parse_host_port(*command.peer_listen));
  }
  return done;
}

Result<void> require_cluster_keys(const Draft& draft, const path& file) {
  const ClusterConfig& cluster = draft.cluster;
  const std::string where = (!draft.peers_place.empty() ? draft.peers_place
                             : file.empty()             ? "--peer-listen needs a --config FILE with"
                                                        : file.string()) +
                            ": [peers] ";
  constexpr BytesView why = " is missing, which a node with peers needs";
  if (cluster.private_key_file.empty())
    return not_accepted(where + "private_key_file" + Bytes(why), secret_file_accepted);
  if (cluster.cluster_secret_file.empty()) {
    return not_accepted(where + "cluster_secret_file" + Bytes(why), secret_file_accepted);
  }
  if (cluster.cluster.empty()) return not_accepted(where + "cluster" + Bytes(why), cluster_accepted);
  return {};
}

Result<Config> finish(Draft draft, const path& file) {
  const ClusterConfig& cluster = draft.cluster;
  for (std::size_t i = 0; i < cluster.peers.size(); ++i) {
    if (cluster.peers[i].name != draft.config.region) continue;
    return not_accepted(
        cluster.peers[i].place + " name: " + in_quotes(draft.config.region) + " is this node's own region",
        "the region of another node");
  }
  draft.config.log.region = draft.config.region;
  if (draft.peers_place.empty() && !cluster.listen && cluster.peers.empty()) return std::move(draft.config);
  if (const Result<void> complete = require_cluster_keys(draft, file); !complete) {
    return tl::make_unexpected(complete.error());
  }
  draft.config.cluster = std::move(draft.cluster);
  return std::move(draft.config);
}

// Also from a pipe; so no size is asked for beforehand.
Result<Bytes> read_file(const path& file) {
  std::ifstream stream(file, std::ios::binary);
  Bytes text(config_bytes_max + 1, '\0');
  if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.is_open() || stream.bad()) {
    return core::fail(ErrorCode::io, "cannot read the configuration '" + file.string() + "'; accepted is a TOML file");
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > config_bytes_max) {
    return core::fail(ErrorCode::too_large, "the configuration '" + file.string() + "' is larger than 1 MiB");
  }
  return text;
}

}  // namespace

Result<Config> make_config(const ServeCommand& command, std::optional<BytesView> toml, const path& file) {
  Draft draft;
  draft.folder = file.parent_path();
  if (toml) {
    if (const Result<void> read = Reader(file).read(*toml, draft); !read) return tl::make_unexpected(read.error());
  }
  if (const Result<void> applied = apply(command, draft); !applied) return tl::make_unexpected(applied.error());
  return finish(std::move(draft), file);
}

Result<Config> load_config(const ServeCommand& command) {
  if (!command.config) return make_config(command, std::nullopt, {});
  const Result<Bytes> text = read_file(*command.config);
  if (!text) return tl::make_unexpected(text.error());
  return make_config(command, *text, *command.config);
}

}  // namespace skerry::edge
