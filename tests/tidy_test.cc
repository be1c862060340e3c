// The architecture as a test: which way includes point, which words are banned below `edge`, how long files and
// functions are, and that each source has its test.  (shared rules: docs/architecture.md, CONTRIBUTING.md)
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_lines_max = 400;
constexpr std::size_t function_lines_max = 70;
constexpr std::size_t columns_max = 120;

// Which rooms a room may include, itself included.  `schema` has no sources of its own; only sync/wire and edge may
// include what is generated from it.
const std::map<std::string, std::set<std::string>> allowed_rooms = {
    {"core", {"core"}},
    {"crdt", {"core", "crdt"}},
    {"sync", {"core", "crdt", "sync"}},
    {"edge", {"core", "crdt", "sync", "edge", "schema"}},
    {"simulations", {"core", "crdt", "sync", "simulations"}},
};
// What a simulated world takes from edge: what decides when a commit begins, the real store and sessions.  These own no
// thread and no clock.
const std::set<std::string> simulated_edge = {"file.h", "group_commit.h", "sync_lag.h", "secure_session.h",
                                              "sqlite_store.h"};

// Includes in angle brackets that are not the standard library's, per room.
const std::map<std::string, std::set<std::string>> allowed_packages = {
    {"core", {"sodium.h", "tl/expected.hpp", "xxhash.h"}},
    {"crdt", {}},
    {"sync", {}},
    {"simulations", {"CLI/CLI.hpp", "sqlite3.h", "toml++/toml.h", "unistd.h"}},
};

struct Source {
  fs::path path;  // relative to the root
  std::string room;
  std::vector<std::string> lines;
};

Source read(const fs::path& path, const std::string& room) {
  Source source{fs::relative(path, SKERRY_SOURCE_DIR), room, {}};
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) source.lines.push_back(line);
  return source;
}

std::vector<Source> files_of(const std::set<std::string>& rooms, const std::set<std::string>& extensions) {
  const fs::path root = SKERRY_SOURCE_DIR;
  std::vector<Source> sources;
  for (const std::string& room : rooms) {
    if (!fs::exists(root / room)) continue;
    for (const fs::directory_entry& file : fs::recursive_directory_iterator(root / room)) {
      if (extensions.count(file.path().extension())) sources.push_back(read(file.path(), room));
    }
  }
  std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.path < b.path; });
  return sources;
}

std::vector<Source> sources_of(const std::set<std::string>& rooms) {
  return files_of(rooms, {".h", ".cc"});
}

const std::set<std::string> product = {"core", "crdt", "sync", "edge", "simulations"};
// The same seed gives the same trace.  Of simulations, only the program's own loop knows what time it really is.
const std::set<std::string> pure = {"core", "crdt", "sync", "simulations"};
const std::set<std::string> programs = {"edge/main.cc", "simulations/main.cc"};

std::string place(const Source& source, std::size_t line) {
  return source.path.string() + ":" + std::to_string(line + 1) + ": ";
}

// The line without comments and without the contents of string literals: what the compiler would act on.
std::string code_of(const std::string& line) {
  static const std::regex literal(R"re("([^"\\]|\\.)*")re");
  std::string code = std::regex_replace(line, literal, "\"\"");
  const std::size_t comment = code.find("//");
  return comment == std::string::npos ? code : code.substr(0, comment);
}

TEST(Tidy, IncludesPointOneWay) {
  const std::regex include(R"re(^#include "([^/"]+)/([^"]+)")re");
  for (const Source& source : sources_of(product)) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(source.lines[i], match, include)) continue;
      const std::string room = match[1];
      const bool wire = source.path.string().rfind("sync/wire", 0) == 0 && room == "schema";
      const bool simulated = source.room == "simulations" && room == "edge" && simulated_edge.count(match[2]);
      EXPECT_TRUE(wire || simulated || allowed_rooms.at(source.room).count(room))
          << place(source, i) << source.lines[i];
    }
  }
}

TEST(Tidy, PackagesStayInTheirRooms) {
  const std::regex include(R"re(^#include <([^>]+)>)re");
  for (const Source& source : sources_of(pure)) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(source.lines[i], match, include)) continue;
      const std::string header = match[1];
      const bool standard = header.find('.') == std::string::npos;
      const bool wire = source.path.string().rfind("sync/wire", 0) == 0 &&
                        (header.rfind("capnp/", 0) == 0 || header.rfind("kj/", 0) == 0);
      EXPECT_TRUE(standard || wire || allowed_packages.at(source.room).count(header))
          << place(source, i) << source.lines[i];
    }
  }
}

TEST(Tidy, BelowEdgeNothingReadsAClockOrChanceOrActs) {
  const std::vector<std::string> banned = {"system_clock", "steady_clock", "random_device", "_distribution",
                                           "std::shuffle", "sleep",        "std::thread",   "std::mutex",
                                           "std::async",   "spdlog",       "getenv",        "std::rand"};
  const std::regex throws(R"(\bthrow\b)");
  for (const Source& source : sources_of(pure)) {
    if (programs.count(source.path)) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string code = code_of(source.lines[i]);
      for (const std::string& word : banned) {
        EXPECT_EQ(code.find(word), std::string::npos) << place(source, i) << "`" << word << "` is edge's: " << code;
      }
      EXPECT_FALSE(std::regex_search(code, throws)) << place(source, i) << "we throw nothing: " << code;
    }
  }
}

TEST(Tidy, BelowEdgeNothingIteratesOverAHashTable) {
  // A loop over a member that was declared unordered_ in the same file or its header: its order differs from build
  // to build, and what differs must not reach an output (I12).
  const std::regex declaration(R"(unordered_(?:map|set)<.*>\s+(\w+)\s*[;{=])");
  std::map<std::string, std::set<std::string>> hashed;  // file stem → names
  const std::vector<Source> sources = sources_of(pure);
  for (const Source& source : sources) {
    for (const std::string& line : source.lines) {
      std::smatch match;
      const std::string code = code_of(line);
      if (std::regex_search(code, match, declaration)) {
        hashed[source.path.parent_path() / source.path.stem()].insert(match[1]);
      }
    }
  }
  for (const Source& source : sources) {
    for (const std::string& name : hashed[source.path.parent_path() / source.path.stem()]) {
      const std::regex loop("for \\(.* : (\\w+(\\.|->))*" + name + "\\)");
      for (std::size_t i = 0; i < source.lines.size(); ++i) {
        if (source.lines[i].find("// order does not matter:") != std::string::npos) continue;
        EXPECT_FALSE(std::regex_search(code_of(source.lines[i]), loop))
            << place(source, i) << "iterates over an unordered table";
      }
    }
  }
}

TEST(Tidy, NamesAndNotesAreOurs) {
  const std::set<std::string> banned_files = {"utils", "util", "helpers", "helper", "manager", "common", "misc"};
  const std::regex todo(R"(TODO(?!\((soon|someday|perf)\): ))");
  const std::string note = std::string("FIX") + "ME";
  for (const Source& source : sources_of({"core", "crdt", "sync", "edge", "tests", "simulations"})) {
    EXPECT_FALSE(banned_files.count(source.path.stem())) << source.path;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string& line = source.lines[i];
      EXPECT_EQ(line.find(note), std::string::npos) << place(source, i) << "a note to yourself";
      if (source.path != "tests/tidy_test.cc") {
        EXPECT_FALSE(std::regex_search(line, todo)) << place(source, i) << line;
      }
      if (source.path.extension() == ".h") {
        // Literals inside our own namespace are the one exception: `10ms` reads better than what it stands for.
        const bool literals = line == "using namespace std::chrono_literals;";
        EXPECT_TRUE(literals || line.find("using namespace") == std::string::npos) << place(source, i) << line;
      }
    }
  }
}

TEST(Tidy, LinesAndFilesAreShort) {
  for (const Source& source : sources_of({"core", "crdt", "sync", "edge", "tests", "simulations"})) {
    EXPECT_LE(source.lines.size(), file_lines_max) << source.path << ": is there a part that deserves a name?";
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const bool raw = source.lines[i].find("R\"") != std::string::npos;
      // Columns, not bytes: continuation bytes of UTF-8 take no place.
      const auto columns = std::count_if(source.lines[i].begin(), source.lines[i].end(),
                                         [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; });
      EXPECT_TRUE(raw || static_cast<std::size_t>(columns) <= columns_max) << place(source, i);
    }
  }
}

TEST(Tidy, FunctionsFitAScreen) {
  // clang-format puts the closing brace of a function alone in the column of its first line; a function at namespace
  // scope or in a class starts at column 0, 2 or 4 and its first line ends with `{` after a parenthesis.
  const std::regex opening(R"(^( {0,4})[A-Za-z~\[].*\).*\{$)");
  const std::regex statement(R"(^\s*(if|for|while|switch|else|do|namespace|struct|class|enum|return)\b)");
  for (const Source& source : sources_of({"core", "crdt", "sync", "edge", "tests", "simulations"})) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(source.lines[i], match, opening)) continue;
      if (std::regex_search(source.lines[i], statement)) continue;
      const std::string closing = match[1].str() + "}";
      std::size_t end = i + 1;
      while (end < source.lines.size() && source.lines[end].rfind(closing, 0) != 0) ++end;
      EXPECT_LE(end - i + 1, function_lines_max) << place(source, i) << source.lines[i];
    }
  }
}

TEST(Tidy, EachSourceHasItsTest) {
  const fs::path root = SKERRY_SOURCE_DIR;
  for (const Source& source : sources_of(product)) {
    if (source.path.extension() != ".cc" || programs.count(source.path)) continue;
    const fs::path test = root / "tests" / source.path.parent_path() / (source.path.stem().string() + "_test.cc");
    EXPECT_TRUE(fs::exists(test)) << source.path << " is proved by nothing: expected " << fs::relative(test, root);
  }
}

TEST(Tidy, FilesThatAreNamedAreThere) {
  const std::regex named(R"(\b(core|crdt|sync|edge|schema|tests|docs)/[\w./-]*\w\.(h|cc|md|capnp|py|sh)\b)");
  const std::regex generated(R"(\.capnp\.h$)");
  const fs::path root = SKERRY_SOURCE_DIR;
  std::vector<Source> texts = files_of({"core", "crdt", "sync", "edge", "schema", "tests", "simulations", "docs"},
                                       {".h", ".cc", ".md", ".capnp", ".py", ".sh", ".txt"});
  for (const char* page : {"README.md", "CONTRIBUTING.md", "CMakeLists.txt", "Makefile"}) {
    texts.push_back(read(root / page, ""));
  }
  for (const Source& text : texts) {
    for (std::size_t i = 0; i < text.lines.size(); ++i) {
      const std::string& line = text.lines[i];
      for (std::sregex_iterator name(line.begin(), line.end(), named), end; name != end; ++name) {
        const std::string path = name->str();
        EXPECT_TRUE(fs::exists(root / path) || std::regex_search(path, generated)) << place(text, i) << path;
      }
    }
  }
}

TEST(Tidy, TheTopLevelIsTheHouseAndNothingElse) {
  const std::set<std::string> rooms = {"core",
                                       "crdt",
                                       "sync",
                                       "edge",
                                       "schema",
                                       "tests",
                                       "docs",
                                       "build",
                                       "simulations",
                                       "CMakeLists.txt",
                                       "README.md",
                                       "Makefile",
                                       "LICENSE",
                                       "CHANGELOG.md",
                                       "CONTRIBUTING.md",
                                       "CMakePresets.json"};
  for (const fs::directory_entry& entry : fs::directory_iterator(SKERRY_SOURCE_DIR)) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(name.front() == '.' || rooms.count(name) || name == "skerry-data") << name;
  }
}

}  // namespace
