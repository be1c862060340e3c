#include "edge/event_port.h"

#include <boost/asio/post.hpp>
#include <chrono>

namespace skerry::edge {

namespace {

// A turn gives way to Asio's handlers after so many events.
constexpr unsigned events_a_turn = 512;

using SteadyTime = std::chrono::steady_clock::time_point;

kj::TimePoint kj_time(SteadyTime time) {
  const auto count = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  return kj::origin<kj::TimePoint>() + count * kj::NANOSECONDS;
}

SteadyTime steady_time(kj::TimePoint time) {
  const std::int64_t count = (time - kj::origin<kj::TimePoint>()) / kj::NANOSECONDS;
  return SteadyTime(std::chrono::duration_cast<SteadyTime::duration>(std::chrono::nanoseconds(count)));
}

}  // namespace

EventPort::EventPort(boost::asio::io_context& io)
    : io_(io), timers_(kj_time(std::chrono::steady_clock::now())), alarm_(io) {}

EventPort::~EventPort() noexcept {
  *alive_ = false;
}

bool EventPort::wait() {
  advance();
  arm();
  const bool turning = std::exchange(turning_, true);
  io_.restart();  // it may have been stopped or have run dry before
  io_.run_one();
  io_.poll();
  turning_ = turning;
  advance();
  return false;
}

bool EventPort::poll() {
  const bool turning = std::exchange(turning_, true);
  io_.poll();
  turning_ = turning;
  advance();
  return false;
}

void EventPort::setRunnable(bool runnable) {
  if (runnable && !turning_) post_turn();
}

void EventPort::post_turn() {
  if (posted_) return;
  posted_ = true;
  boost::asio::post(io_, [this, alive = alive_] {
    if (!*alive) return;
    posted_ = false;
    turn();
  });
}

kj::TimePoint EventPort::now() const {
  return kj_time(std::chrono::steady_clock::now());
}

kj::Promise<void> EventPort::atTime(kj::TimePoint time) {
  kj::Promise<void> promise = timers_.atTime(time);
  if (!turning_) arm();  // else at the turn's end
  return promise;
}

kj::Promise<void> EventPort::afterDelay(kj::Duration delay) {
  return atTime(now() + delay);
}

void EventPort::turn() {
  if (turning_) return;
  turning_ = true;
  advance();
  loop_->run(events_a_turn);
  turning_ = false;
  if (loop_->isRunnable()) post_turn();
  arm();
}

void EventPort::advance() {
  timers_.advanceTo(kj_time(std::chrono::steady_clock::now()));
}

void EventPort::arm() {
  const kj::Maybe<kj::TimePoint> next = timers_.nextEvent();
  KJ_IF_MAYBE (time, next) {
    KJ_IF_MAYBE (armed, armed_for_) {
      if (*armed == *time) return;
    }
    armed_for_ = *time;
    alarm_.expires_at(steady_time(*time));
    alarm_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
      if (error || !*alive) return;
      armed_for_ = nullptr;
      turn();
    });
  } else {
    armed_for_ = nullptr;
    alarm_.cancel();
  }
}

}  // namespace skerry::edge
