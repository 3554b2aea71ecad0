#pragma once
// Text helpers shared by every layer. Formatting is {fmt} (fmt/core.h where only arguments are
// formatted).

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinyc {

// A C identifier made from any name: other characters become '_', a leading digit gets a '_', a C or C++
// keyword gets a trailing '_'. Never empty.
std::string c_identifier(std::string_view name);
std::string upper(std::string_view text);

// The shortest text that parses back to the same value: "0.1", "1e-08", "inf", "nan".
std::string shortest(float value);
std::string shortest(double value);

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string_view trim(std::string_view text);

// The candidates nearest to a misspelt word (edit distance at most a third of its length), best first.
std::vector<std::string> near_matches(std::string_view word, std::span<const std::string> candidates);

// "1,234,567"
std::string with_thousands(std::int64_t value);

// A text table with aligned columns: the first row is the heading, numbers align right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> heading) : rows_{std::move(heading)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string plain() const;     // for a terminal
  std::string markdown() const;  // for report.md

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tinyc
