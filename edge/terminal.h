// Calm text for a person: paragraphs, chapters and small tables within 80 columns.  Colours and line drawing only where
// the terminal has them.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::edge {

enum class Tone { plain, strong, quiet, good, bad, attention };

struct TerminalStyle {
  bool colours = false;
  bool unicode = false;  // otherwise what is not ASCII is written with ASCII's nearest
};
// What the environment asks for: colours on a terminal unless NO_COLOR is set (https://no-color.org) or TERM is dumb;
// unicode where the locale says UTF-8.
struct TerminalEnvironment {
  bool is_terminal = false;
  const char* no_color = nullptr;  // each as getenv gives it
  const char* term = nullptr;
  const char* locale = nullptr;
};
TerminalStyle terminal_style(const TerminalEnvironment& environment);
// The locale variable that counts: LC_ALL, else LC_CTYPE, else LANG.
TerminalEnvironment terminal_environment(int file_descriptor);

struct TableCell {
  std::string text;
  Tone tone = Tone::plain;
};
using TableRow = std::vector<TableCell>;

class Terminal {
 public:
  static constexpr std::size_t columns = 80;

  // `out` outlives the terminal.
  Terminal(std::ostream& out, TerminalStyle style) : out_(out), style_(style) {}

  void title(std::string_view text);
  void chapter(std::string_view text);  // numbered, from 1
  void line(std::string_view text, Tone tone = Tone::plain);
  void blank();
  // The first row is the heading; the first column takes `first_width`, the others share what is left.  Text that does
  // not fit is cut with an ellipsis.
  void table(std::size_t first_width, const std::vector<TableRow>& rows);

  // The text in its tone, for use within a line.
  std::string painted(std::string_view text, Tone tone) const;
  // As it will be written: with ASCII only, if that is the style.
  std::string spelled(std::string_view text) const;

 private:
  void put(std::string_view text);

  std::ostream& out_;
  TerminalStyle style_;
  int chapters_ = 0;
};

// How many columns the text takes: one for each code point (what we write has no wide ones).
std::size_t columns_of(std::string_view text);
// The text in exactly `width` columns: filled with spaces, or cut with an ellipsis.
std::string fitted(std::string_view text, std::size_t width);

}  // namespace skerry::edge
