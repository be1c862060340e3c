#include "edge/demo_story.h"

#include <algorithm>
#include <array>
#include <future>
#include <set>
#include <utility>

#include "edge/demo_values.h"
#include "edge/system.h"

namespace skerry::edge {
namespace {

constexpr auto look_again = std::chrono::milliseconds(5);

std::string milliseconds_text(core::Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) + " ms";
}

std::string joined(const RespCommand& command) {
  std::string text;
  for (const std::string& word : command) {
    const bool quoted = word.find(' ') != std::string::npos;
    text += (text.empty() ? "" : " ") + (quoted ? '"' + word + '"' : word);
  }
  return text;
}

// Whether the text stands anywhere in the reply.
bool says(const RespReply& reply, std::string_view text) {
  std::vector<const RespReply*> rest = {&reply};
  while (!rest.empty()) {
    const RespReply& next = *rest.back();
    rest.pop_back();
    if (next.text == text) return true;
    for (const RespReply& item : next.items) rest.push_back(&item);
  }
  return false;
}

}  // namespace

StoryEnd DemoStory::tell() {
  if (write_everywhere() && cut_one_off() && heal_and_agree()) end_ = StoryEnd::agreed;
  return end_;
}

bool DemoStory::write_everywhere() {
  terminal_.chapter("Every region writes, at the same time");
  const bool written = write(0, {"SET", "greeting", "hello"}) && write(0, {"SADD", "cart", "apples", "milk"}) &&
                       write(1, {"HSET", "user:7", "city", "London", "plan", "free"}) &&
                       count_everywhere({400, 400, 400});
  if (!written || !pause()) return false;
  if (!wait_until_agreed({0, 1, 2})) return false;
  const auto values = read_all();
  if (!values) return false;
  show(*values);
  return pause();
}

bool DemoStory::cut_one_off() {
  const std::string& far = world_.regions.back().name;
  terminal_.chapter("The cables to " + far + " are cut");
  world_.cut();
  terminal_.line("Nothing passes any more. Every region goes on taking reads and writes.");
  terminal_.blank();
  greetings_ = {"good morning", "namaste"};
  const bool written = write(0, {"SET", "greeting", greetings_[0]}) && write(2, {"SET", "greeting", greetings_[1]}) &&
                       write(1, {"SREM", "cart", "milk"}) && write(2, {"SADD", "cart", "milk"}) &&
                       write(1, {"HSET", "user:7", "city", "Paris"}) && write(2, {"HSET", "user:7", "plan", "pro"}) &&
                       count_everywhere({10, 20, 50});
  if (!written || !pause()) return false;
  if (!wait_until_agreed({0, 1}) || !wait_until_alone(world_.regions.size() - 1)) return false;
  const auto values = read_all();
  if (!values) return false;
  terminal_.line("Two truths, side by side:");
  show(*values);
  return pause();
}

bool DemoStory::heal_and_agree() {
  terminal_.chapter("The cables are repaired");
  world_.heal();
  if (!wait_until_agreed({0, 1, 2})) return false;
  const auto values = read_all();
  if (!values) return false;
  show(*values);
  if (!judge(*values)) return false;
  const std::size_t winner = values->at(0).at(0) == greetings_[0] ? 0 : 2;
  const auto because = [this](std::string_view key, const std::string& reason) {
    terminal_.line(terminal_.painted(fitted(key, 10), Tone::quiet) + reason);
  };
  because("greeting", "two SETs at once: the later one wins, in every region; here that");
  because("", "of " + world_.regions[winner].name + ". SKERRY.EXPLAIN shows the other, still held.");
  because("visits", "1200 + 10 + 20 + 50: each INCR counts once, wherever it was made.");
  because("cart", "the SREM had not seen the SADD in " + world_.regions[2].name + ": what was added stays.");
  because("user:7", "each field is a value of its own, so both changes stand.");
  return true;
}

// Agreeing is not enough: they must agree on what was written.
bool DemoStory::judge(const Values& values) {
  const auto same = [](const std::vector<std::string>& row) {
    return std::all_of(row.begin(), row.end(), [&](const std::string& value) { return value == row.front(); });
  };
  const auto& keys = demo_keys();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string& value = values[i].front();
    const bool greeted = i == 0 && std::count(greetings_.begin(), greetings_.end(), value) > 0;
    const std::string expected = i == 1 ? std::to_string(visits_) : keys[i].at_the_end;
    if (same(values[i]) && (greeted || (i > 0 && value == expected))) continue;
    terminal_.line("wrong: " + keys[i].name + " is " + value + " in " + world_.regions.front().name, Tone::bad);
    end_ = StoryEnd::disagreed;
    return false;
  }
  return true;
}

bool DemoStory::count_everywhere(const std::vector<int>& times) {
  std::vector<std::future<core::Result<std::vector<RespReply>>>> counting;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const std::vector<RespCommand> commands(static_cast<std::size_t>(times[i]), {"INCR", "visits"});
    counting.push_back(std::async(std::launch::async, [this, i, commands] { return call(i, commands); }));
  }
  bool counted = true;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto replies = counting[i].get();
    if (!counted) continue;
    const bool all = replies && std::all_of(replies->begin(), replies->end(), [](const RespReply& reply) {
                       return reply.type == RespReply::Type::integer;
                     });
    if (!all) {
      counted = fail(i, replies ? "an INCR was refused" : replies.error().detail);
      continue;
    }
    visits_ += times[i];
    terminal_.line(fitted(world_.regions[i].name, 11) + fitted("INCR visits", 34) +
                   terminal_.painted("× " + std::to_string(times[i]), Tone::quiet));
  }
  return counted;
}

bool DemoStory::write(std::size_t region, const RespCommand& command) {
  const auto replies = call(region, {command});
  if (!replies) return fail(region, replies.error().detail);
  const RespReply& reply = replies->front();
  if (reply.type == RespReply::Type::error) return fail(region, reply.text);
  const std::string answer = reply.type == RespReply::Type::integer ? std::to_string(reply.integer) : reply.text;
  terminal_.line(fitted(world_.regions[region].name, 11) + fitted(joined(command), 34) +
                 terminal_.painted("→ " + answer, Tone::quiet));
  return true;
}

// Until the regions have seen the same events and hold the same cells.
bool DemoStory::wait_until_agreed(const std::vector<std::size_t>& regions) {
  const SystemClock clock;
  const core::Instant began = clock.instant();
  while (true) {
    std::vector<std::vector<RespReply>> prints;
    for (std::size_t region : regions) {
      auto print = call(region, {{"SKERRY.CONTEXT", "0"}, {"SKERRY.DIGEST", "0"}});
      if (!print) return fail(region, print.error().detail);
      prints.push_back(std::move(*print));
    }
    const core::Duration waited = clock.instant() - began;
    if (std::all_of(prints.begin(), prints.end(), [&](const auto& print) { return print == prints.front(); })) {
      const std::string who = regions.size() == world_.regions.size() ? "All regions agree" : "The others agree";
      terminal_.line(who + " after " + milliseconds_text(waited) + ": same events seen, same digest.", Tone::good);
      terminal_.blank();
      return true;
    }
    if (waited > world_.patience) {
      terminal_.line("The regions do not agree after " + milliseconds_text(waited) + ".", Tone::bad);
      end_ = StoryEnd::disagreed;
      return false;
    }
    if (!world_.wait(look_again)) {
      end_ = StoryEnd::interrupted;
      return false;
    }
  }
}

// Until the region has given up its sessions with the others, so that what follows shows how they come back.
bool DemoStory::wait_until_alone(std::size_t region) {
  const SystemClock clock;
  const core::Instant began = clock.instant();
  while (true) {
    const auto peers = call(region, {{"SKERRY.PEERS"}});
    if (!peers) return fail(region, peers.error().detail);
    if (!says(peers->front(), "connected")) break;
    if (clock.instant() - began > world_.patience) return fail(region, "its sessions outlive the cut");
    if (!world_.wait(look_again)) {
      end_ = StoryEnd::interrupted;
      return false;
    }
  }
  terminal_.line(world_.regions[region].name + " hears of nobody any more and has closed its sessions.");
  terminal_.blank();
  return true;
}

std::optional<DemoStory::Values> DemoStory::read_all() {
  Values values;
  for (const DemoKey& key : demo_keys()) {
    std::vector<std::string>& row = values.emplace_back();
    for (std::size_t i = 0; i < world_.regions.size(); ++i) {
      const auto replies = call(i, {key.read});
      if (!replies) {
        fail(i, replies.error().detail);
        return std::nullopt;
      }
      row.push_back(value_text(key.shape, replies->front()));
    }
  }
  return values;
}

void DemoStory::show(const Values& values) {
  std::vector<TableRow> rows = {{{"key"}}};
  for (const DemoRegion& region : world_.regions) rows.front().push_back({region.name});
  for (std::size_t i = 0; i < values.size(); ++i) {
    TableRow row = {{demo_keys()[i].name}};
    for (const std::string& value : values[i]) {
      const bool alone = std::count(values[i].begin(), values[i].end(), value) == 1;
      row.push_back({value, alone ? Tone::attention : Tone::plain});
    }
    rows.push_back(std::move(row));
  }
  terminal_.table(11, rows);
  terminal_.blank();
}

bool DemoStory::pause() {
  if (world_.wait(world_.reading_time)) return true;
  end_ = StoryEnd::interrupted;
  return false;
}

bool DemoStory::fail(std::size_t region, const std::string& reason) {
  terminal_.line(world_.regions[region].name + ": " + reason, Tone::bad);
  end_ = StoryEnd::failed;
  return false;
}

core::Result<std::vector<RespReply>> DemoStory::call(std::size_t region, const std::vector<RespCommand>& commands) {
  return world_.regions[region].call_all(commands);
}

}  // namespace skerry::edge
