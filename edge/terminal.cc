#include "edge/terminal.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ostream>
#include <utility>

namespace skerry::edge {
namespace {

constexpr std::string_view indent = "   ";

bool begins_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

std::string_view colour(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::strong:
      return "\x1b[1m";
    case Tone::quiet:
      return "\x1b[2m";
    case Tone::good:
      return "\x1b[32m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::attention:
      return "\x1b[33m";
  }
  return "";
}

bool set(const char* variable) {
  return variable != nullptr && *variable != '\0';
}

// What we write that is not ASCII, and its nearest in ASCII.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> spellings = {{
    {"─", "-"},
    {"│", "|"},
    {"╱", "/"},
    {"╲", "\\"},
    {"…", "~"},
    {"→", "->"},
    {"∥", "||"},
    {"·", "-"},
    {"×", "x"},
}};

}  // namespace

TerminalStyle terminal_style(const TerminalEnvironment& environment) {
  TerminalStyle style;
  const std::string_view term = set(environment.term) ? environment.term : "dumb";
  style.colours = environment.is_terminal && !set(environment.no_color) && term != "dumb";
  const std::string_view locale = set(environment.locale) ? environment.locale : "";
  for (const std::string_view name : {"UTF-8", "utf-8", "UTF8", "utf8"}) {
    if (locale.find(name) != std::string_view::npos) style.unicode = true;
  }
  return style;
}

TerminalEnvironment terminal_environment(int file_descriptor) {
  TerminalEnvironment environment;
  environment.is_terminal = ::isatty(file_descriptor) == 1;
  environment.no_color = std::getenv("NO_COLOR");
  environment.term = std::getenv("TERM");
  for (const char* name : {"LANG", "LC_CTYPE", "LC_ALL"}) {
    if (const char* value = std::getenv(name); set(value)) environment.locale = value;
  }
  return environment;
}

std::size_t columns_of(std::string_view text) {
  std::size_t count = 0;
  for (char byte : text) count += begins_code_point(byte) ? 1 : 0;
  return count;
}

std::string fitted(std::string_view text, std::size_t width) {
  const std::size_t taken = columns_of(text);
  if (taken <= width) return std::string(text) + std::string(width - taken, ' ');
  if (width == 0) return {};
  std::size_t end = 0, kept = 0;
  while (end < text.size() && (kept < width - 1 || !begins_code_point(text[end]))) {
    ++end;
    if (end < text.size() && begins_code_point(text[end])) ++kept;
  }
  return std::string(text.substr(0, end)) + "…";
}

void Terminal::title(std::string_view text) {
  blank();
  put(std::string(" ") + painted(text, Tone::strong));
  blank();
}

void Terminal::chapter(std::string_view text) {
  blank();
  put(" " + painted(std::to_string(++chapters_), Tone::quiet) + " " + painted(text, Tone::strong));
  blank();
}

void Terminal::line(std::string_view text, Tone tone) {
  put(std::string(indent) + painted(text, tone));
}

void Terminal::blank() {
  put("");
}

void Terminal::table(std::size_t first_width, const std::vector<TableRow>& rows) {
  if (rows.empty() || rows.front().size() < 2) return;
  const std::size_t others = rows.front().size() - 1;
  const std::size_t width = (columns - indent.size() - first_width) / others;
  const auto write = [&](const TableRow& row, bool heading) {
    std::string text(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      // The last column of each cell parts it from the next.
      const std::size_t cell_width = (i == 0 ? first_width : width) - 1;
      text += painted(fitted(row[i].text, cell_width), heading ? Tone::quiet : row[i].tone) + " ";
    }
    put(text);
  };
  write(rows.front(), true);
  std::string rule;
  for (std::size_t i = 0; i < first_width + others * width - 1; ++i) rule += "─";
  line(rule, Tone::quiet);
  for (std::size_t i = 1; i < rows.size(); ++i) write(rows[i], false);
}

std::string Terminal::painted(std::string_view text, Tone tone) const {
  const std::string_view code = colour(tone);
  if (!style_.colours || code.empty() || text.empty()) return std::string(text);
  return std::string(code) + std::string(text) + "\x1b[0m";
}

std::string Terminal::spelled(std::string_view text) const {
  std::string spelled;
  for (std::size_t i = 0; i < text.size();) {
    bool found = false;
    for (const auto& [unicode, ascii] : spellings) {
      if (style_.unicode || text.substr(i, unicode.size()) != unicode) continue;
      spelled += ascii;
      i += unicode.size();
      found = true;
      break;
    }
    if (!found) spelled += text[i++];
  }
  return spelled;
}

void Terminal::put(std::string_view text) {
  std::string line = spelled(text);
  line.erase(line.find_last_not_of(' ') + 1);
  out_ << line << '\n' << std::flush;
}

}  // namespace skerry::edge
