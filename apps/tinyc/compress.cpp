#include "apps/driver/compress.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/tinyc/command.h"
#include "apps/tinyc/cost_options.h"
#include "apps/tinyc/options.h"
#include "apps/tinyc/terminal.h"
#include "lib/ir/objective.h"
#include "lib/ir/text_format.h"
#include "lib/support/log.h"
#include "lib/support/memory.h"
#include "lib/support/text.h"

namespace tinyc::cli {
namespace {

struct Options {
  CompressRequest request;
  DataTexts data;
  bool int8 = false, float32 = false;
  std::string max_ram;
  std::string objective = "balanced";
  bool print_pipeline = false, time_passes = false;
  std::vector<PassTiming> timings;
};

std::string summary_of(const CompressOutcome& outcome) {
  const Report& report = outcome.report;
  TextTable layers({"layer", "op", "output", "kernel", "MACs", "tables B", "output B"});
  for (const ReportLayer& layer : report.layers) {
    const LayerWork& work = layer.estimate.layer;
    if (layer.kernels.empty()) continue;
    layers.add({work.name, work.op, work.outputs.front().to_string(), join(layer.kernels, ", "),
                with_thousands(work.work.macs), with_thousands(layer.table_bytes), with_thousands(work.output_bytes.count)});
  }
  std::string text = layers.plain();
  text += fmt::format("\n{} for {}: {} MACs, {} B of tables, {} B of arena{}\n", report.name, report.target,
                      with_thousands(report.macs), with_thousands(report.table_bytes.count),
                      with_thousands(report.arena_bytes.count), report.external_input ? " without the input" : "");
  text += "estimated: " + cost_line(report.cost) + "\n";
  std::vector<std::string> names;
  for (const OutputFile& file : outcome.files) names.push_back(file.path);
  text += fmt::format("wrote {}/: {}\n", outcome.folder, join(names, ", "));
  for (const OutputFile& model : outcome.models) text += fmt::format("wrote {}\n", model.path);
  return text;
}

Result<ExitCode> run(Options& options) {
  CompressRequest& request = options.request;
  if (options.int8 + request.quantize.int4_weights + options.float32 > 1)
    return Error("TC5015", "compress", "more than one of --int8, --int4w and --float", "choose one");
  request.precision = options.float32 ? Precision::float32 : Precision::int8;
  request.quantize.as_float = options.float32;
  if (!options.max_ram.empty()) request.max_ram = Bytes(TINYC_TRY(parse_byte_size("--max-ram", options.max_ram)));
  request.quantize.objective = *parse_objective(options.objective);
  request.quantize.calibration.options = TINYC_TRY(data_options(options.data));
  request.quality.data.options = request.quantize.distill.data.options = request.quantize.calibration.options;
  if (options.print_pipeline) {
    const Model model = TINYC_TRY(load_model(request.quantize.model));
    request.quantize.as_float = request.precision == Precision::float32;
    const Pipeline pipeline = TINYC_TRY(pipeline_of(request.quantize, carries_quantization(model.graph)));
    TINYC_TRY(print_result(print(pipeline) + "\n"));
    return ExitCode::ok;
  }
  request.quantize.progress = show_progress;
  request.quantize.stop = interrupted;
  request.quantize.observers.dump = [](std::string_view pass, const Graph& graph) {
    std::fputs(fmt::format("# after {}\n{}\n", pass, print(graph, {.elide_constants = true})).c_str(), stderr);
  };
  if (options.time_passes) request.quantize.observers.timings = &options.timings;
  const CompressOutcome outcome = TINYC_TRY(compress(request));
  log_warnings(outcome.report.warnings);
  for (const PassTiming& timing : options.timings)
    log::info(fmt::format("{:>9.3f} ms  {:>3} runs  {}", std::chrono::duration<double, std::milli>(timing.time).count(),
                          timing.runs, timing.pass));
  TINYC_TRY(write(outcome));
  std::string text = summary_of(outcome);
  if (!outcome.report.budgets.empty()) text += "\n" + verdict_table(outcome.report.budgets);
  TINYC_TRY(print_result(text));
  return all_met(outcome.report.budgets) ? ExitCode::ok : ExitCode::gate_missed;
}

}  // namespace

Action add_compress(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CompressRequest& request = options->request;
  add_model_options(app, request.quantize.model, "An ONNX model");
  app.add_flag("--int8", options->int8, "8-bit weights and activations (the default)");
  app.add_flag("--float", options->float32, "Float C of the whole model, in single precision");
  add_quantize_options(app, request.quantize);
  add_data_options(app, options->data);
  app.add_option("--opt", options->objective, "What kernels are chosen for: cycles, flash, working memory or both of time and flash")
      ->type_name("time|size|ram|balanced")
      ->check(CLI::IsMember({"time", "size", "ram", "balanced"}).description(""))
      ->capture_default_str();
  const char* gates = "Gates (exit code 2)";
  app.add_option("--eval-data", request.quality.data.path, "Samples to compare the result with the float model on (default: --calib)")
      ->type_name("X.npy")
      ->group(gates);
  app.add_option("--labels", request.quality.labels, "Class indices of these samples")->type_name("Y.npy")->group(gates);
  app.add_option("--max-accuracy-drop", request.quality.max_accuracy_drop, "Most points of top-1 accuracy that may be lost")
      ->type_name("P")
      ->group(gates);
  app.add_option("--min-agreement", request.quality.min_agreement, "Least percentage of samples with the float model's top-1")
      ->type_name("P")
      ->group(gates);
  app.add_option("--name", request.name, "Prefix of files and functions (default: the model's file name)")
      ->type_name("PREFIX");
  app.add_option("-o,--output", request.folder, "Folder to write (default: ./PREFIX)")->type_name("DIR");
  app.add_flag("--external-input", request.external_input, "Leave the inputs out of the arena: the caller keeps them");
  app.add_flag("--push-rows", request.push_rows, "Take the input row by row (PREFIX_push_row): it has no place in the arena");
  app.add_option("--max-ram", options->max_ram, "Most bytes for the arena, such as 34K: gives up cycles for it; exit code 2 if missed")
      ->type_name("SIZE");
  app.add_option("--save-onnx", request.save_onnx, "Write the compressed model as ONNX, too (QDQ, opset 17)")
      ->type_name("OUT.onnx");
  add_duty_options(app, request.duty);
  add_budget_options(app, request.budgets, false);
  app.add_flag("--print-pipeline", options->print_pipeline, "Print the pipeline and stop");
  app.add_option("--dump-after", request.quantize.observers.dump_after, "Print the graph after this pass (* for all)")
      ->type_name("PASS")
      ->allow_extra_args(false);
  app.add_flag("--time-passes", options->time_passes, "Log how long each pass took");
  app.footer("Examples:\n  tinyc compress kws.onnx --int8 --calib calib_x.npy\n"
             "  tinyc compress vww.onnx --calib pictures.npy --scale 1/255 --prune 0.5 --target stm32l4r5 -o out");
  return [options] { return run(*options); };
}

}  // namespace tinyc::cli
