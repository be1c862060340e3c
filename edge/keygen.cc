#include "edge/keygen.h"

#include <ostream>

#include "edge/key_file.h"

namespace skerry::edge {

int make_key(const KeygenCommand& command, std::ostream& out, std::ostream& mistakes) {
  if (command.cluster_secret) {
    if (auto made = create_cluster_secret_file(command.file); !made) {
      mistakes << made.error().detail << '\n';
      return exit_failure;
    }
    out << "cluster secret written to " << command.file << "; copy it to every node over a channel you trust\n";
    return exit_ok;
  }
  auto key = create_private_key_file(command.file);
  if (!key) {
    mistakes << key.error().detail << '\n';
    return exit_failure;
  }
  out << to_text(*key) << '\n';
  return exit_ok;
}

}  // namespace skerry::edge
