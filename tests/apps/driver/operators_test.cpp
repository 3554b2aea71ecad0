#include "apps/driver/operators.h"

#include <catch2/catch.hpp>

#include "lib/support/files.h"

namespace tinyc {
namespace {

TEST_CASE("docs/operators.md is what the table of operators says") {
  const auto committed = read_file(TINYC_SOURCE_DIR "/docs/operators.md");
  REQUIRE(committed.ok());
  INFO("scripts/update_operators rewrites it");
  const bool current = *committed == operators_markdown();
  CHECK(current);
}

TEST_CASE("every operator has an answer in each column") {
  for (const OperatorRow& row : operator_rows()) {
    CAPTURE(row.name);
    for (const std::string& cell : {row.summary, row.float_reference, row.int8_reference, row.int8_c, row.float_c}) {
      CHECK_FALSE(cell.empty());
      CHECK(cell.find('|') == cell.npos);
    }
  }
  CHECK_FALSE(composed_operators().empty());
}

}  // namespace
}  // namespace tinyc
