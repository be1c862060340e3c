// What waits to leave the process: frames until their lsn is durable, answers until theirs may be answered (I2).
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "sync/output.h"

namespace skerry::edge {

// One thread.
class Departures {
 public:
  using Answer = std::function<void()>;
  using FrameSink = std::function<void(sync::Frame frame)>;

  void hold(std::vector<sync::Held<sync::Frame>> frames);
  void hold(sync::Lsn lsn, Answer answer);

  bool frames_wait() const { return !frames_.empty(); }
  std::size_t answers_waiting() const { return answers_.size(); }

  // Frames leave in the order in which they were made, because each session's decoder counts on that: one that could
  // go already waits for those before it.
  void release_frames(sync::Lsn durable_to, const FrameSink& sink);
  // Answers leave in the order of their lsns, and of the calls for equal ones.  What an answer's own call holds anew
  // waits for the next release.  Returns how many left.
  std::size_t release_answers(sync::Lsn answerable_to);

 private:
  struct Waiting {
    sync::Lsn lsn;
    Answer answer;
  };

  std::deque<sync::Held<sync::Frame>> frames_;
  std::deque<Waiting> answers_;  // sorted by lsn
  std::vector<Answer> leaving_;  // scratch of release_answers
};

}  // namespace skerry::edge
