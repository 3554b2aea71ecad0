#pragma once
// Comma-separated text with a heading: fields may stand in double quotes ("" is one quote within them); lines that begin with
// # are comments; blank lines do not count.

#include <string>
#include <string_view>
#include <vector>

#include "lib/support/result.h"

namespace tinyc {

struct Csv {
  struct Row {
    int line = 0;  // in the text, from 1
    std::vector<std::string> fields;
  };
  std::vector<std::string> heading;
  std::vector<Row> rows;  // each with as many fields as the heading

  // -1: there is no such column.
  int column(std::string_view name) const;
};

// TC6080 with the line for an open quote, a row of another length, no heading; `where` is what messages call the text.
Result<Csv> parse_csv(std::string_view text, const std::string& where);

}  // namespace tinyc
