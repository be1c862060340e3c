// What the demo tells: writes in every region, a cut, two truths, a healing, one truth.  It talks to the regions as any
// client does and checks what it says.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "edge/resp_client.h"
#include "edge/terminal.h"

namespace skerry::edge {

struct DemoRegion {
  std::string name;
  // Sends the commands to the region's node and returns as many replies.
  std::function<core::Result<std::vector<RespReply>>(const std::vector<RespCommand>& commands)> call_all;
};

struct DemoWorld {
  std::vector<DemoRegion> regions;  // three; the last is the one that is cut off
  std::function<void()> cut;
  std::function<void()> heal;
  // Waits.  False: the user wants to end.
  std::function<bool(std::chrono::milliseconds)> wait;
  std::chrono::milliseconds reading_time{};  // between paragraphs, for a person who reads along
  std::chrono::milliseconds patience{};      // how long the regions may take to agree
};

enum class StoryEnd {
  agreed,       // all regions hold the same and it is what was written
  disagreed,    // they do not, or it is not
  interrupted,  // the user has had enough
  failed,       // a node did not answer
};

// One thread, and three more while all regions write at once.
class DemoStory {
 public:
  // Both outlive the story.
  DemoStory(DemoWorld& world, Terminal& terminal) : world_(world), terminal_(terminal) {}
  StoryEnd tell();

 private:
  using Values = std::vector<std::vector<std::string>>;  // of each key in each region

  // Each false: the story cannot go on; end_ says why.
  bool write_everywhere();
  bool count_everywhere(const std::vector<int>& times);
  bool cut_one_off();
  bool heal_and_agree();
  bool judge(const Values& values);

  bool write(std::size_t region, const RespCommand& command);
  bool wait_until_alone(std::size_t region);
  bool wait_until_agreed(const std::vector<std::size_t>& regions);
  std::optional<Values> read_all();
  void show(const Values& values);
  bool pause();
  bool fail(std::size_t region, const std::string& reason);
  core::Result<std::vector<RespReply>> call(std::size_t region, const std::vector<RespCommand>& commands);

  DemoWorld& world_;
  Terminal& terminal_;
  StoryEnd end_ = StoryEnd::failed;
  std::vector<std::string> greetings_;  // what was set during the cut; one of them must win
  int visits_ = 0;                      // all that was counted
};

}  // namespace skerry::edge
