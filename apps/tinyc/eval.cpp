#include "apps/driver/eval.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/tinyc/command.h"
#include "apps/tinyc/options.h"
#include "apps/tinyc/terminal.h"
#include "formats/json/json.h"

namespace tinyc::cli {
namespace {

std::string line(std::string_view what, const Share& share) {
  return fmt::format("{:<22}{:>7.2f} %  ({} of {})\n", what, 100 * share.fraction(), share.hits, share.total);
}

std::string text_of(const EvalOutcome& outcome) {
  std::string text = fmt::format("{} as {}, {} samples\n", outcome.name, to_string(outcome.subject), outcome.samples);
  if (outcome.top1) text += line("top-1 accuracy", *outcome.top1);
  if (outcome.reference_top1) text += line("reference top-1", *outcome.reference_top1);
  if (outcome.agreement) text += line("top-1 agreement", *outcome.agreement);
  for (const OutputAgreement& output : outcome.outputs)
    text += fmt::format("SQNR of {}: {}, largest error {:.4g}\n", output.name,
                        output.sqnr_db ? fmt::format("{:.2f} dB", *output.sqnr_db) : "undefined", output.largest_error);
  return text;
}

}  // namespace

Action add_eval(CLI::App& app) {
  struct Options {
    EvalRequest request;
    DataTexts data;
    std::string as;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  EvalRequest& request = options->request;
  add_model_options(app, request.subject.quantize.model, "An ONNX model, or a folder that compress wrote");
  app.add_option("--data", request.data.path, "Samples, N x the input's shape: .npy, .npz or a folder")
      ->required()
      ->type_name("X.npy");
  app.add_option("--labels", request.labels, "Class indices, one per sample")->type_name("Y.npy");
  app.add_option("--reference", request.reference.path, "Compare with this model in float")->type_name("MODEL.onnx");
  add_subject_option(app, options->as);
  add_data_options(app, options->data);
  add_quantize_options(app, request.subject.quantize);
  add_folder_name_option(app, request.subject.quantize.model);
  app.add_flag("--json", options->json, "Print JSON");
  app.footer("Examples:\n  tinyc eval kws.onnx --data eval_x.npy --labels eval_y.npy\n"
             "  tinyc eval out --as c --data eval_x.npy --labels eval_y.npy --reference kws.onnx\n"
             "  tinyc eval kws.onnx --as int8 --calib calib_x.npy --data eval_x.npy --labels eval_y.npy");
  return [options]() -> Result<ExitCode> {
    EvalRequest& wanted = options->request;
    wanted.subject.as = subject_option(options->as);
    wanted.data.options = TINYC_TRY(data_options(options->data));
    wanted.subject.quantize.calibration.options = wanted.data.options;
    wanted.subject.quantize.progress = show_progress;
    wanted.reference.dims = wanted.subject.quantize.model.dims;
    const EvalOutcome outcome = TINYC_TRY(evaluate(wanted));
    log_warnings(outcome.warnings);
    TINYC_TRY(print_result(options->json ? print_json(to_document(outcome)) : text_of(outcome)));
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
