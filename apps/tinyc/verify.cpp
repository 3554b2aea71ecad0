#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "apps/driver/verify_folder.h"
#include "apps/tinyc/command.h"
#include "apps/tinyc/options.h"
#include "apps/tinyc/terminal.h"
#include "formats/json/json.h"
#include "lib/support/text.h"

namespace tinyc::cli {
namespace {

std::string figure(const std::optional<std::int64_t>& value) { return value ? with_thousands(*value) : "-"; }

std::string layers_text(const CoreOutcome& core) {
  const auto spent = [](const LayerCounts& layer) { return layer.cycles.value_or(layer.instructions); };
  std::int64_t total = 0;
  for (const LayerCounts& layer : core.layers) total += spent(layer);
  const std::string unit = core.cycles ? "cycles" : "instructions";
  TextTable table({"layer", "operator", "MACs", "instructions", "cycles", unit + "/MAC", "share"});
  for (const LayerCounts& layer : core.layers)
    table.add({layer.name, layer.op, with_thousands(layer.macs), with_thousands(layer.instructions), figure(layer.cycles),
               layer.macs > 0 ? fmt::format("{:.2f}", static_cast<double>(spent(layer)) / static_cast<double>(layer.macs)) : "-",
               fmt::format("{:.1f} %", 100.0 * static_cast<double>(spent(layer)) / static_cast<double>(std::max<std::int64_t>(total, 1)))});
  return table.plain();
}

std::string text_of(const VerifyOutcome& outcome) {
  TextTable table({"on", "result", "samples", "bytes compared", "flash B", "RAM B", "stack B", "instructions", "cycles"});
  std::string notes;
  for (const CoreOutcome& core : outcome.cores) {
    table.add({core.on, std::string(to_string(core.verdict)), with_thousands(core.samples),
               with_thousands(core.bytes_compared), figure(core.flash_bytes), figure(core.ram_bytes),
               figure(core.stack_bytes), figure(core.instructions), figure(core.cycles)});
    if (!core.message.empty())
      notes += fmt::format("{}: {}{}\n", core.on, core.message, core.remedy.empty() ? "" : " (" + core.remedy + ")");
    if (core.largest_error)
      notes += fmt::format("{}: the largest error is {:.1e} of the output's largest magnitude\n", core.on, *core.largest_error);
    if (!core.note.empty()) notes += fmt::format("{}: {}\n", core.on, core.note);
  }
  std::string text = table.plain() + (notes.empty() ? "" : "\n" + notes);
  for (const CoreOutcome& core : outcome.cores)
    if (!core.layers.empty()) text += "\n" + core.on + ", one inference by layer:\n" + layers_text(core);
  return text;
}

}  // namespace

Action add_verify(CLI::App& app) {
  struct Options {
    VerifyFolderRequest request;
    DataTexts data;
    std::vector<std::string> on{"host"};
    bool json = false, stored = false;
  };
  const auto options = std::make_shared<Options>();
  VerifyFolderRequest& request = options->request;
  app.add_option("folder", request.model.path, "A folder that compress wrote")->required()->type_name("DIR");
  app.add_option("--on", options->on, "Where the C runs: host, cores such as cortex-m4, or all; commas between several")
      ->type_name("CORE")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->default_str("host");
  app.add_option("--samples", request.verify.samples, "How many inputs to generate, at least 16")
      ->type_name("N")
      ->check(CLI::Range(16, 1000000).description(""))
      ->capture_default_str();
  app.add_option("--input", request.input.path, "Inputs to use instead: .npy, .npz or a folder")->type_name("X.npy");
  app.add_flag("--stored", options->stored, "The inputs are the stored int8 values");
  add_data_options(app, options->data);
  app.add_option("--seed", request.verify.seed, "Seed of the generated inputs")->type_name("N")->capture_default_str();
  add_folder_name_option(app, request.model);
  app.add_flag("--cycles", request.verify.layers, "Count every layer, too: instructions, and cycles without wait states on M0+, M3, M4");
  app.add_flag("--json", options->json, "Print JSON");
  app.footer("Examples:\n  tinyc verify out\n  tinyc verify out --on all\n  tinyc verify out --on host,cortex-m4 --samples 100\n  tinyc verify out --on cortex-m4 --cycles");
  return [options]() -> Result<ExitCode> {
    VerifyFolderRequest& wanted = options->request;
    wanted.verify.on = options->on;
    wanted.input.options = TINYC_TRY(data_options(options->data));
    wanted.input.options.stored_integers = options->stored;
    wanted.verify.progress = show_progress;
    const VerifyFolderOutcome outcome = TINYC_TRY(verify_folder(wanted));
    log_warnings(outcome.warnings);
    TINYC_TRY(print_result(options->json ? print_json(to_document(outcome)) : text_of(outcome.verify)));
    return outcome.verify.exit_code();
  };
}

}  // namespace tinyc::cli
