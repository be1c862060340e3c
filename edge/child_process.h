// A process that we started and that we alone end.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"

namespace skerry::edge {

struct ChildCommand {
  std::filesystem::path program;
  std::vector<std::string> arguments;  // without the program's own name
  std::filesystem::path log;           // takes the child's standard output and error, appended
};

// One thread.
class ChildProcess {
 public:
  // The child is in a process group of its own, so that Ctrl-C reaches only us; it begins with no signal blocked.
  static core::Result<ChildProcess> start(const ChildCommand& command);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  // Ends it (without patience) if it still runs.
  ~ChildProcess();

  pid_t id() const { return id_; }
  bool running();
  // Asks it to end (SIGTERM); see end().
  void ask_to_end();
  // Asks, waits up to `patience`, then kills; the exit code, or 128 + the signal.
  int end(std::chrono::milliseconds patience);
  // Only after it has ended.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  explicit ChildProcess(pid_t id) : id_(id) {}
  bool wait_until_ended(std::chrono::milliseconds patience);

  pid_t id_ = -1;
  std::optional<int> exit_code_;
};

}  // namespace skerry::edge
