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
  const Interval interval = wilson_interval(share);
  return fmt::format("{:<22}{:>7.2f} %  ({} of {}; 95 % interval {:.1f} to {:.1f})\n", what, 100 * share.fraction(), share.hits,
                     share.total, 100 * interval.low, 100 * interval.high);
}

std::string text_of(const PairedShares& paired) {
  const Interval interval = paired.interval();
  return fmt::format("{:<22}{:>+7.2f} points, 95 % interval {:+.1f} to {:+.1f}; only this one right {}, only the reference {}, p = {:.2g}\n",
                     "against the reference", 100 * paired.difference(), 100 * interval.low, 100 * interval.high, paired.only_first,
                     paired.only_second, paired.p_value());
}

std::string reconstruction_text(const EvalOutcome& outcome) {
  std::string text;
  if (outcome.auc) text += fmt::format("{:<22}{:>7.4f}\n", "AUC", *outcome.auc);
  if (outcome.reference_auc) text += fmt::format("{:<22}{:>7.4f}\n", "reference AUC", *outcome.reference_auc);
  if (outcome.auc_difference)
    text += fmt::format("{:<22}{:>+7.4f}, 95 % interval {:+.4f} to {:+.4f}\n", "against the reference",
                        *outcome.auc - *outcome.reference_auc, outcome.auc_difference->low, outcome.auc_difference->high);
  if (outcome.reconstruction_error) text += fmt::format("{:<22}{:>7.5g}\n", "reconstruction MSE", *outcome.reconstruction_error);
  if (outcome.reference_reconstruction_error)
    text += fmt::format("{:<22}{:>7.5g}\n", "reference MSE", *outcome.reference_reconstruction_error);
  return text;
}

std::string text_of(const EvalOutcome& outcome) {
  std::string text = fmt::format("{} as {}, {} samples\n", outcome.name, to_string(outcome.subject), outcome.samples);
  if (outcome.top1) text += line("top-1 accuracy", *outcome.top1);
  if (outcome.reference_top1) text += line("reference top-1", *outcome.reference_top1);
  if (outcome.paired) text += text_of(*outcome.paired);
  if (outcome.top5) text += line("top-5 accuracy", *outcome.top5);
  if (outcome.reference_top5) text += line("reference top-5", *outcome.reference_top5);
  if (outcome.agreement) text += line("top-1 agreement", *outcome.agreement);
  for (const OutputAgreement& output : outcome.outputs)
    text += fmt::format("SQNR of {}: {}, largest error {:.4g}, mean squared error {:.4g}\n", output.name,
                        output.sqnr_db ? fmt::format("{:.2f} dB", *output.sqnr_db) : "undefined", output.largest_error,
                        output.mean_squared_error);
  text += reconstruction_text(outcome);
  return text;
}

}  // namespace

Action add_eval(CLI::App& app) {
  struct Options {
    EvalRequest request;
    DataTexts data;
    std::string as, metric = "top1";
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
  app.add_option("--metric", options->metric, "Accuracy, area under the ROC curve of the reconstruction error, or squared error")
      ->type_name("top1|anomaly-auc|mse")
      ->check(CLI::IsMember({"top1", "anomaly-auc", "mse"}).description(""))
      ->capture_default_str();
  app.add_option("--group", request.group, "Samples that have one label together (anomaly-auc)")
      ->type_name("N")
      ->check(CLI::PositiveNumber.description(""))
      ->capture_default_str();
  add_subject_option(app, options->as);
  add_data_options(app, options->data);
  add_quantize_options(app, request.subject.quantize);
  add_folder_name_option(app, request.subject.quantize.model);
  app.add_flag("--json", options->json, "Print JSON");
  app.footer("Examples:\n  tinyc eval kws.onnx --data eval_x.npy --labels eval_y.npy\n"
             "  tinyc eval out --as c --data eval_x.npy --labels eval_y.npy --reference kws.onnx\n"
             "  tinyc eval ad.onnx --data windows.npy --labels clips.npy --metric anomaly-auc --group 25\n"
             "  tinyc eval kws.onnx --as int8 --calib calib_x.npy --data eval_x.npy --labels eval_y.npy");
  return [options]() -> Result<ExitCode> {
    EvalRequest& wanted = options->request;
    wanted.metric = *parse_metric(options->metric);
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
