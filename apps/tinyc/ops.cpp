#include <CLI/CLI.hpp>
#include <memory>

#include "apps/driver/operators.h"
#include "apps/tinyc/command.h"
#include "apps/tinyc/terminal.h"
#include "lib/support/text.h"

namespace tinyc::cli {
namespace {

std::string table() {
  TextTable table({"operator", "ONNX", "float", "int8", "int8 C", "float C"});
  const auto short_form = [](const std::string& cell) {
    return std::string(cell == "yes" || cell == "view" ? cell : cell.starts_with("table") ? "table" : "no");
  };
  for (const OperatorRow& row : operator_rows())
    table.add({row.name, join(row.onnx, ", "), short_form(row.float_reference), short_form(row.int8_reference),
               short_form(row.int8_c), short_form(row.float_c)});
  return table.plain() + "\nONNX operators that become others: " + join(composed_operators(), ", ") + "\n";
}

}  // namespace

Action add_ops(CLI::App& app) {
  const auto markdown = std::make_shared<bool>(false);
  app.add_flag("--markdown", *markdown, "Print docs/operators.md, with the reasons");
  app.footer("Example:\n  tinyc ops");
  return [markdown]() -> Result<ExitCode> {
    TINYC_TRY(print_result(*markdown ? operators_markdown() : table()));
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
