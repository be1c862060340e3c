// Cap'n Proto's promises inside Asio's loop: Asio is the outer loop, and KJ's runs in it whenever it has something to
// do.  So one thread, one place to sleep, and handlers of either kind may touch both.
#pragma once

#include <kj/async.h>
#include <kj/timer.h>

#include <utility>  // before Asio: Boost 1.74 uses std::exchange without it

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

namespace skerry::edge {

// Drives one kj::EventLoop from an io_context.  Public KJ only (kj::EventPort is documented for this).
//
// Two traps: EventLoop::run() tells us when it has run dry, which is how the next event comes to post a turn, while
// poll() does not, so we pump with run(); and promises may only be waited for outside of any turn (tests, start-up).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"  // KJ's interfaces are never deleted through
class EventPort final : public kj::EventPort, private kj::Timer {
 public:
  // `io` outlives the port.
  explicit EventPort(boost::asio::io_context& io);
  ~EventPort() noexcept;

  void attach(kj::EventLoop& loop) { loop_ = &loop; }
  // A timer made in a handler, outside of any turn, is armed too.
  kj::Timer& timer() { return *this; }

  // Runs `act`, and then what KJ has to do because of it, in the same handler: no detour over the queue.
  template <class Act>
  void dispatch(Act&& act) {
    if (turning_) return act();
    turning_ = true;
    act();
    turning_ = false;
    turn();
  }

  // kj::EventPort
  bool wait() override;
  bool poll() override;
  void setRunnable(bool runnable) override;

 private:
  // kj::Timer
  kj::TimePoint now() const override;
  kj::Promise<void> atTime(kj::TimePoint time) override;
  kj::Promise<void> afterDelay(kj::Duration delay) override;

  void turn();
  void post_turn();
  void advance();
  void arm();

  boost::asio::io_context& io_;
  kj::TimerImpl timers_;
  boost::asio::steady_timer alarm_;
  kj::Maybe<kj::TimePoint> armed_for_;
  kj::EventLoop* loop_ = nullptr;
  bool turning_ = false;  // KJ's events are being run, here or by a wait(): others need not start to
  bool posted_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for handlers that outlive the port
};
#pragma GCC diagnostic pop

// All that a thread needs for Cap'n Proto, in the order in which it must be destroyed.  One a thread, and everything
// that holds a promise is destroyed before it.
class RpcLoop {
 public:
  explicit RpcLoop(boost::asio::io_context& io) : io_(io), port_(io), loop_(port_), scope_(loop_) {
    port_.attach(loop_);
  }
  ~RpcLoop() noexcept {}  // KJ's may throw when a promise outlives it: a bug

  boost::asio::io_context& io() { return io_; }
  kj::Timer& timer() { return port_.timer(); }
  template <class Act>
  void dispatch(Act&& act) {
    port_.dispatch(std::forward<Act>(act));
  }
  // For promise.wait() at start-up and in tests: runs handlers of `io` until the promise is kept.
  kj::WaitScope& scope() { return scope_; }

 private:
  boost::asio::io_context& io_;
  EventPort port_;
  kj::EventLoop loop_;
  kj::WaitScope scope_;
};

}  // namespace skerry::edge
