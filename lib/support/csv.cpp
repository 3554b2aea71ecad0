#include "lib/support/csv.h"

#include <algorithm>
#include <optional>

#include "lib/support/text.h"

namespace tinyc {
namespace {

// The fields of one line; nothing when a quote stays open.
std::optional<std::vector<std::string>> fields_of(std::string_view line) {
  std::vector<std::string> fields{""};
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[i++];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  if (quoted) return std::nullopt;
  for (std::string& field : fields) field = std::string(trim(field));
  return fields;
}

}  // namespace

int Csv::column(std::string_view name) const {
  const auto found = std::find(heading.begin(), heading.end(), name);
  return found == heading.end() ? -1 : static_cast<int>(found - heading.begin());
}

Result<Csv> parse_csv(std::string_view text, const std::string& where) {
  Csv csv;
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (trim(line).empty() || line.front() == '#') continue;
    auto fields = fields_of(trim(line));
    const std::string at = where + ":" + std::to_string(number);
    if (!fields) return Error("TC6080", at, "a quoted field does not end", "close the quote on the same line");
    if (csv.heading.empty()) {
      csv.heading = std::move(*fields);
    } else if (fields->size() != csv.heading.size()) {
      return Error("TC6080", at, std::to_string(fields->size()) + " fields under a heading of " + std::to_string(csv.heading.size()),
                   "put fields that contain commas in double quotes");
    } else {
      csv.rows.push_back({number, std::move(*fields)});
    }
  }
  if (csv.heading.empty()) return Error("TC6080", where, "no heading", "name the columns in the first line");
  return csv;
}

}  // namespace tinyc
