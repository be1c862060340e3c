// Commands over a replica over a store in memory: requests as words, replies as bytes.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "core/ensure.h"
#include "edge/commands.h"
#include "sync/memory_store.h"

namespace skerry::edge {

// A client: its session, and the bytes of its last reply.
class Client {
 public:
  Client(Commands& commands, const core::Now& now)
      : commands_(commands), now_(now), entry_(commands.sessions(), session_) {}

  // The reply to one request.
  std::string operator()(std::initializer_list<std::string> words) { return (*this)(std::vector<std::string>(words)); }
  std::string operator()(const std::vector<std::string>& words) {
    const std::vector<BytesView> views(words.begin(), words.end());
    Bytes bytes;
    Reply reply(bytes, session_.protocol);
    outcome_ = commands_.run(session_, views, reply, now_);
    return bytes;
  }
  // The words are separated by blanks.
  std::string operator()(const std::string& line) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin < line.size();) {
      const std::size_t end = std::min(line.find(' ', begin), line.size());
      if (end > begin) words.push_back(line.substr(begin, end - begin));
      begin = end + 1;
    }
    return (*this)(words);
  }

  Session& session() { return session_; }
  const Outcome& outcome() const { return outcome_; }

 private:
  Commands& commands_;
  const core::Now& now_;
  Session session_;
  Sessions::Entry entry_;
  Outcome outcome_;
};

class CommandsTest : public ::testing::Test {
 protected:
  explicit CommandsTest(PeerControl peers = no_peers())
      : replica_(load(store_, now_)), commands_(*replica_, sessions_, std::move(peers), facts()) {}

  static std::unique_ptr<sync::Replica> load(sync::Store& store, const core::Now& now) {
    core::ReplicaId self;
    self.bytes.fill(0xab);
    auto replica = sync::Replica::load(store, {.self = self, .cache_bytes = 64 << 20, .seed = 1}, now);
    core::ensure(replica.has_value());
    return std::move(*replica);
  }
  static ServerFacts facts() {
    return {.region = "here",
            .ack = "durable",
            .run_id = std::string(40, '0'),
            .data_directory = "/data",
            .port = 6379,
            .clients_max = 10};
  }
  void pass(std::chrono::milliseconds time) {
    now_.instant += time;
    now_.wall += time;
  }
  // What one turn of the node does: what was staged goes to the store.
  void end_turn() { replica_->take_output(now_).append_to(store_); }

  core::Now now_{core::Instant(std::chrono::hours(1)), core::from_unix_milliseconds(1'700'000'000'000)};
  sync::MemoryStore store_{sync::MemoryStore::Mode::automatic};
  std::unique_ptr<sync::Replica> replica_;
  Sessions sessions_;
  Commands commands_;
  Client client_{commands_, now_};
  Client& run = client_;  // run("SET k v")
};

// --- replies as RESP2 spells them
inline const std::string ok = "+OK\r\n";
inline const std::string nothing = "$-1\r\n";
inline const std::string empty_array = "*0\r\n";
inline std::string number(std::int64_t value) {
  return ":" + std::to_string(value) + "\r\n";
}
inline std::string bulk(const std::string& bytes) {
  return "$" + std::to_string(bytes.size()) + "\r\n" + bytes + "\r\n";
}
inline std::string error(const std::string& text) {
  return "-" + text + "\r\n";
}
inline std::string bulks(const std::vector<std::string>& elements) {
  std::string bytes = "*" + std::to_string(elements.size()) + "\r\n";
  for (const std::string& element : elements) bytes += bulk(element);
  return bytes;
}
inline const std::string wrong_kind = error("WRONGTYPE Operation against a key holding the wrong kind of value");
inline const std::string not_integer = error("ERR value is not an integer or out of range");

}  // namespace skerry::edge
