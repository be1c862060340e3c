#include "edge/departures.h"

#include <algorithm>
#include <utility>

namespace skerry::edge {

void Departures::hold(std::vector<sync::Held<sync::Frame>> frames) {
  for (sync::Held<sync::Frame>& frame : frames) frames_.push_back(std::move(frame));
}

void Departures::hold(sync::Lsn lsn, Answer answer) {
  // Nearly always the greatest so far: a write's.
  auto place = answers_.end();
  while (place != answers_.begin() && std::prev(place)->lsn > lsn) --place;
  answers_.insert(place, {lsn, std::move(answer)});
}

void Departures::release_frames(sync::Lsn durable_to, const FrameSink& sink) {
  while (!frames_.empty() && frames_.front().opens(durable_to)) {
    auto frame = std::move(frames_.front()).open(durable_to);
    frames_.pop_front();
    if (sink) sink(std::move(*frame));
  }
}

std::size_t Departures::release_answers(sync::Lsn answerable_to) {
  std::vector<Answer> leaving = std::exchange(leaving_, {});
  while (!answers_.empty() && answers_.front().lsn <= answerable_to) {
    leaving.push_back(std::move(answers_.front().answer));
    answers_.pop_front();
  }
  for (Answer& answer : leaving) answer();
  const std::size_t left = leaving.size();
  leaving.clear();
  leaving_ = std::move(leaving);
  return left;
}

}  // namespace skerry::edge
