#include "edge/simulator.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace skerry::edge {

std::filesystem::path simulator_beside(const std::filesystem::path& self) {
  return self.parent_path() / "skerry-simulate";
}

core::Error become_simulator(const std::filesystem::path& simulator, const std::vector<std::string>& words) {
  std::string name = simulator.filename().string();
  std::vector<std::string> copies = words;
  std::vector<char*> arguments = {name.data()};
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(simulator.c_str(), arguments.data());
  const int reason = errno;
  const std::string what = simulator.string() + ": " + std::strerror(reason);
  if (reason != ENOENT) return {core::ErrorCode::io, "cannot start the simulator, " + what};
  return {core::ErrorCode::io,
          "the simulator is not installed: " + what + "; it is the program skerry-simulate of the same release"};
}

}  // namespace skerry::edge
