// What docs/testing.md says of planted faults: the names in the rows of one of its tables.
#pragma once

#include <fstream>
#include <string>
#include <vector>

namespace skerry {

// Each row's columns, without the space around them; the first is the fault in backticks.
inline std::vector<std::vector<std::string>> rows_on_the_page(const std::string& table) {
  std::ifstream page(SKERRY_SOURCE_DIR "/docs/testing.md");
  std::vector<std::vector<std::string>> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("<!--")) inside = line == "<!-- table: " + table + " -->";
    if (!inside || !line.starts_with("| `")) continue;
    std::vector<std::string>& columns = rows.emplace_back();
    for (std::size_t begin = 2; begin < line.size();) {
      const std::size_t end = line.find(" |", begin);
      columns.push_back(line.substr(begin, end - begin));
      begin = end == std::string::npos ? end : end + 3;
    }
  }
  return rows;
}

inline std::vector<std::string> faults_on_the_page(const std::string& table) {
  std::vector<std::string> names;
  for (const auto& row : rows_on_the_page(table)) names.push_back(row.front().substr(1, row.front().size() - 2));
  return names;
}

}  // namespace skerry
