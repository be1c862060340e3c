// Whatever bytes a client sends, and however they are cut, the parser ends in the same requests or the same error,
// and never looks beyond them.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/ensure.h"
#include "edge/resp.h"

namespace {

using skerry::edge::Arguments;
using skerry::edge::RequestParser;

// The words of all requests, each with its size, and the error if any: equal exactly when the requests are.
std::string taken(const std::string& bytes, std::size_t piece) {
  RequestParser parser;
  std::string result;
  std::string buffer;
  for (std::size_t received = 0; received < bytes.size(); received += piece) {
    // A buffer of exactly the right size, so that the sanitizer sees a read beyond it.
    const std::string so_far = buffer + bytes.substr(received, piece);
    const std::unique_ptr<char[]> exact(new char[so_far.size()]);
    so_far.copy(exact.get(), so_far.size());
    std::size_t begin = 0;
    while (begin < so_far.size()) {
      const auto progress = parser.parse({exact.get() + begin, so_far.size() - begin});
      if (progress == RequestParser::Progress::incomplete) break;
      if (progress == RequestParser::Progress::failed) return result + std::string(parser.error());
      for (const auto word : parser.arguments()) result.append(std::to_string(word.size())).append(":").append(word);
      result.push_back('\n');
      begin += parser.consumed();
    }
    buffer.assign(exact.get() + begin, so_far.size() - begin);
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 4096) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % bytes.size();
  skerry::core::ensure(taken(bytes, bytes.size()) == taken(bytes, piece));
  return 0;
}
