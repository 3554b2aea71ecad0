#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/driver/calibrate.h"
#include "apps/tinyc/command.h"
#include "apps/tinyc/terminal.h"
#include "formats/json/json.h"
#include "lib/support/files.h"

namespace tinyc::cli {

Action add_calibrate(CLI::App& app) {
  struct Options {
    CalibrateRequest request;
    std::string output;
  };
  const auto options = std::make_shared<Options>();
  CalibrateRequest& request = options->request;
  app.add_option("folders", request.models, "The folders whose C was measured")->required()->type_name("DIR");
  app.add_option("--from", request.measurements, "What PREFIX_benchmark.c printed: model, layer, cycles or us, perhaps energy_uj")
      ->required()
      ->type_name("CSV");
  app.add_option("--target", request.target, "Core or MCU it was measured on")->type_name("NAME");
  app.add_option("--mcu", request.mcu_file, "A microcontroller of your own instead")->type_name("FILE.json");
  app.add_option("--clock-mhz", request.clock_mhz, "Clock of the measurements (default: the target's)")
      ->type_name("MHZ")
      ->check(CLI::Range(1e-3, 1e5).description(""));
  app.add_option("--name", request.name, "Name of the result (default: the target's with -own)")->type_name("NAME");
  app.add_option("-o,--output", options->output, "Where to write the microcontroller, for --mcu")->required()->type_name("BOARD.json");
  app.footer("Examples:\n  tinyc calibrate out --from measured.csv --target stm32l476 -o board.json\n"
             "  tinyc estimate other.onnx --mcu board.json");
  return [options]() -> Result<ExitCode> {
    CalibrateRequest& wanted = options->request;
    if (wanted.target.empty() == wanted.mcu_file.empty())
      return Error("TC5079", "calibrate", "needs one of --target and --mcu", "for example --target cortex-m4");
    const CalibrateOutcome outcome = TINYC_TRY(calibrate(wanted));
    TINYC_TRY(write_file(options->output, print_json(to_document(outcome.mcu))));
    TINYC_TRY(print_result(fmt::format(
        "{}: factors {:.3f} (dense) and {:.3f} (other) on cycles without wait states\n"
        "from {} measurements of {} models; left out, they are missed by {:.1f} % on average, {:.1f} % at most\nwrote {}\n",
        outcome.mcu.name, *outcome.mcu.get("dense_factor"), *outcome.mcu.get("other_factor"), outcome.rows, outcome.models,
        100 * outcome.error, 100 * outcome.worst, options->output)));
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
