// What the disk itself costs: appends 4 KiB and calls fdatasync at a steady rate.
//
//   sync_bench FILE SYNCS-A-SECOND SECONDS        → one JSON line, microseconds
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s FILE SYNCS-A-SECOND SECONDS\n", argv[0]);
    return 2;
  }
  const int file = ::open(argv[1], O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
  if (file < 0) {
    std::perror(argv[1]);
    return 1;
  }
  const std::string block(4096, 'x');
  const auto every = std::chrono::duration<double>(1 / std::atof(argv[2]));
  const auto begin = Clock::now();
  auto next = begin;
  std::vector<double> microseconds;
  while (Clock::now() - begin < std::chrono::duration<double>(std::atof(argv[3]))) {
    std::this_thread::sleep_until(next);
    next += std::chrono::duration_cast<Clock::duration>(every);
    const auto start = Clock::now();
    if (::write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()) || ::fdatasync(file) != 0) {
      std::perror(argv[1]);
      return 1;
    }
    microseconds.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  ::close(file);
  ::unlink(argv[1]);
  std::sort(microseconds.begin(), microseconds.end());
  const auto at = [&](double share) {
    return microseconds[static_cast<std::size_t>(share * static_cast<double>(microseconds.size() - 1))];
  };
  std::printf("{\"syncs\": %zu, \"p50\": %.0f, \"p99\": %.0f}\n", microseconds.size(), at(0.5), at(0.99));
  return 0;
}
