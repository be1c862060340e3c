// How long a write at one node takes to become visible at another: writes numbers into one key at a steady rate here,
// polls that key there, and prints the percentiles of (first answer that shows the number − the moment it was sent).
//
//   visibility_bench WRITE-PORT READ-PORT WRITES-A-SECOND SECONDS        → one JSON line, microseconds
//
// One loop over two sockets: polls leave on a schedule too, so a held answer does not stop the next question.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto poll_every = std::chrono::microseconds(200);

int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return socket;
}

void send_all(int socket, const std::string& bytes) {
  if (::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
    std::perror("send");
    std::exit(1);
  }
}

std::string set_command(long number) {
  const std::string value = std::to_string(number);
  return "*3\r\n$3\r\nSET\r\n$5\r\nprobe\r\n$" + std::to_string(value.size()) + "\r\n" + value + "\r\n";
}

// Takes complete bulk answers off the front of `buffer` and returns the greatest number among them.
long latest_answer(std::string& buffer) {
  long latest = 0;
  std::size_t at = 0;
  while (true) {
    const std::size_t header_end = buffer.find("\r\n", at);
    if (header_end == std::string::npos) break;
    const long size = std::strtol(buffer.c_str() + at + 1, nullptr, 10);
    if (buffer[at] != '$' || size < 0) {
      at = header_end + 2;
      continue;
    }
    const std::size_t end = header_end + 2 + static_cast<std::size_t>(size) + 2;
    if (buffer.size() < end) break;
    latest = std::max(latest, std::strtol(buffer.c_str() + header_end + 2, nullptr, 10));
    at = end;
  }
  buffer.erase(0, at);
  return latest;
}

double percentile(const std::vector<double>& sorted, double share) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

struct Probe {
  int writer;
  int reader;
  std::vector<Clock::time_point> sent = {Clock::time_point{}};  // by number
  std::vector<double> microseconds = {};
  long visible = 0;
  std::string answers = {};

  void drain() {
    char bytes[16384];
    ::recv(writer, bytes, sizeof(bytes), MSG_DONTWAIT);
    ssize_t size;
    while ((size = ::recv(reader, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
      answers.append(bytes, static_cast<std::size_t>(size));
    }
    const auto now = Clock::now();
    const long latest = std::min(latest_answer(answers), static_cast<long>(sent.size()) - 1);
    for (; visible < latest; ++visible) {
      const auto took = now - sent[static_cast<std::size_t>(visible + 1)];
      microseconds.push_back(std::chrono::duration<double, std::micro>(took).count());
    }
  }
};

void run(Probe& probe, double writes_a_second, double seconds) {
  const auto write_every =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / writes_a_second));
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  auto next_write = begin;
  auto next_poll = begin;
  const std::string get = "*2\r\n$3\r\nGET\r\n$5\r\nprobe\r\n";
  while (Clock::now() < end + std::chrono::seconds(1)) {
    const auto now = Clock::now();
    if (now >= next_write && now < end) {
      probe.sent.push_back(now);
      send_all(probe.writer, set_command(static_cast<long>(probe.sent.size()) - 1));
      next_write += write_every;
    }
    if (now >= next_poll) {
      send_all(probe.reader, get);
      next_poll = std::max(next_poll + poll_every, now - poll_every);
    }
    pollfd descriptors[2] = {{probe.writer, POLLIN, 0}, {probe.reader, POLLIN, 0}};
    const auto wait = std::max(Clock::duration(0), std::min(next_poll, next_write) - Clock::now());
    timespec timeout{0, std::min<long>(std::chrono::nanoseconds(wait).count(), 100'000)};
    ::ppoll(descriptors, 2, &timeout, nullptr);
    probe.drain();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s WRITE-PORT READ-PORT WRITES-A-SECOND SECONDS\n", argv[0]);
    return 2;
  }
  Probe probe{connect_to(std::atoi(argv[1])), connect_to(std::atoi(argv[2]))};
  send_all(probe.reader, "*2\r\n$3\r\nGET\r\n$5\r\nprobe\r\n");
  run(probe, std::atof(argv[3]), std::atof(argv[4]));
  std::sort(probe.microseconds.begin(), probe.microseconds.end());
  std::printf("{\"writes\": %zu, \"visible\": %ld, \"p50\": %.0f, \"p90\": %.0f, \"p99\": %.0f, \"max\": %.0f}\n",
              probe.sent.size() - 1, probe.visible, percentile(probe.microseconds, 0.5),
              percentile(probe.microseconds, 0.9), percentile(probe.microseconds, 0.99),
              percentile(probe.microseconds, 1));
  return 0;
}
