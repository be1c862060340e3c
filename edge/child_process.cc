#include "edge/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace skerry::edge {
namespace {

struct SpawnSettings {
  explicit SpawnSettings(const std::filesystem::path& log) {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    ::posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

}  // namespace

core::Result<ChildProcess> ChildProcess::start(const ChildCommand& command) {
  const SpawnSettings settings(command.log);
  std::string program = command.program.string();
  std::vector<std::string> arguments = command.arguments;
  std::vector<char*> words = {program.data()};
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  pid_t id = -1;
  const int error = ::posix_spawn(&id, program.c_str(), &settings.files, &settings.attributes, words.data(), environ);
  if (error != 0) return core::fail(core::ErrorCode::io, "cannot start " + program + ": " + std::strerror(error));
  return ChildProcess(id);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : id_(std::exchange(other.id_, -1)), exit_code_(other.exit_code_) {}

ChildProcess::~ChildProcess() {
  if (!running()) return;
  ::kill(id_, SIGKILL);
  wait_until_ended(std::chrono::seconds(10));
}

bool ChildProcess::running() {
  if (id_ < 0 || exit_code_) return false;
  int status = 0;
  const pid_t ended = ::waitpid(id_, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return true;
  if (ended == id_) exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (ended < 0) exit_code_ = -1;
  return false;
}

void ChildProcess::ask_to_end() {
  if (running()) ::kill(id_, SIGTERM);
}

int ChildProcess::end(std::chrono::milliseconds patience) {
  ask_to_end();
  if (!wait_until_ended(patience)) {
    ::kill(id_, SIGKILL);
    wait_until_ended(std::chrono::seconds(10));
  }
  return exit_code_.value_or(-1);
}

bool ChildProcess::wait_until_ended(std::chrono::milliseconds patience) {
  if (!running()) return true;
  // A descriptor of the process becomes readable when it ends: waiting without looking again and again.
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
  if (descriptor < 0) return !running();
  pollfd ended{descriptor, POLLIN, 0};
  int ready;
  do {
    ready = ::poll(&ended, 1, static_cast<int>(patience.count()));
  } while (ready < 0 && errno == EINTR);
  ::close(descriptor);
  return !running();
}

}  // namespace skerry::edge
