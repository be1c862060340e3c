#include "edge/command_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace skerry::edge {
namespace {

TEST(CommandTable, FindsEveryCommandInAnyCase) {
  std::set<BytesView> names;
  for (const Command& command : command_table()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name << " stands there twice";
    EXPECT_EQ(find_command(command.name), &command);
    std::string loud(command.name);
    for (char& byte : loud) byte = static_cast<char>(std::toupper(byte));
    EXPECT_EQ(find_command(loud), &command) << loud;
    EXPECT_EQ(&command_table()[index_of(command)], &command);
  }
}

TEST(CommandTable, FindsNothingElse) {
  for (const BytesView name : {"", "ge", "gett", "get ", "g\x05t", "lpush", "client|", "client|nosuch"}) {
    EXPECT_EQ(find_command(name), nullptr) << name;
  }
  EXPECT_EQ(find_command(std::string(100'000, 'x')), nullptr);
}

TEST(CommandTable, KnowsSubcommandsOfContainers) {
  const Command& client = *find_command("client");
  EXPECT_EQ(find_subcommand(client, "SetName"), find_command("client|setname"));
  EXPECT_EQ(find_subcommand(client, "nosuch"), nullptr);
  EXPECT_TRUE(is_subcommand(*find_command("client|id")));
  EXPECT_FALSE(is_subcommand(client));
  EXPECT_EQ(subcommands(client).front().name, "client|id");
  EXPECT_TRUE(subcommands(*find_command("get")).empty());
}

TEST(CommandTable, IsConsistent) {
  for (const Command& command : command_table()) {
    const bool has_keys = command.keys.first != 0;
    EXPECT_NE(command.arity, 0) << command.name;
    EXPECT_EQ(has_keys, command.uses != 0) << command.name;
    EXPECT_FALSE(command.is(flag::write) && command.is(flag::readonly)) << command.name;
    EXPECT_EQ(command.handler == nullptr, command.name == "client" || command.name == "config") << command.name;
    EXPECT_FALSE(command.summary.empty()) << command.name;
    // A command with an exact arity names as many words.
    const auto words = std::count(command.syntax.begin(), command.syntax.end(), ' ') + (command.syntax.empty() ? 0 : 1);
    const bool exact = command.arity > 0 && command.syntax.find('|') == BytesView::npos;
    const int own_words = is_subcommand(command) ? 2 : 1;
    EXPECT_TRUE(!exact || command.arity - own_words == words) << command.name;
  }
}

TEST(CommandTable, IsWhatTheDocumentationLists) {
  std::ifstream file(std::string(SKERRY_SOURCE_DIR) + "/docs/commands.md");
  std::stringstream text;
  text << file.rdbuf();
  for (const Command& command : command_table()) {
    std::string name(command.name);
    for (char& byte : name) byte = byte == '|' ? ' ' : static_cast<char>(std::toupper(byte));
    std::string row = "| `" + name + (command.syntax.empty() ? "" : " " + std::string(command.syntax)) + "` |";
    for (std::size_t at = 0; (at = row.find('|', at + 1)) + 1 < row.size();) row.insert(at++, "\\");
    EXPECT_NE(text.str().find(row), std::string::npos) << "docs/commands.md lacks: " << row;
  }
}

}  // namespace
}  // namespace skerry::edge
