// What docs/testing.md says of planted faults: the names in the rows of one of its tables.
#pragma once

#include <fstream>
#include <string>
#include <vector>

namespace skerry {

inline std::vector<std::string> faults_on_the_page(const std::string& table) {
  std::ifstream page(SKERRY_SOURCE_DIR "/docs/testing.md");
  std::vector<std::string> names;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("<!--")) inside = line == "<!-- table: " + table + " -->";
    if (inside && line.starts_with("| `")) names.push_back(line.substr(3, line.find('`', 3) - 3));
  }
  return names;
}

}  // namespace skerry
