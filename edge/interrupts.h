// Ctrl-C and the polite kill, for a program that works step by step rather than in an event loop.
#pragma once

#include <chrono>

namespace skerry::edge {

// While it lives, SIGINT and SIGTERM do not end the process but are waited for here.  Make it before any thread, so
// that all threads leave the signals to it.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  // Waits.  False: at once, because the user wants the program to end.
  bool wait(std::chrono::milliseconds duration);
  bool interrupted() { return !wait(std::chrono::milliseconds(0)); }

 private:
  int descriptor_;
  bool interrupted_ = false;
};

}  // namespace skerry::edge
