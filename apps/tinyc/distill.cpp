#include "apps/driver/distill.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/driver/outputs.h"
#include "apps/tinyc/command.h"
#include "apps/tinyc/options.h"
#include "apps/tinyc/terminal.h"
#include "lib/support/log.h"

namespace tinyc::cli {
namespace {

std::string line(std::string_view what, const Share& before, const Share& after) {
  return fmt::format("{:<24}{:>7.2f} % -> {:.2f} %  ({} -> {} of {})\n", what, 100 * before.fraction(), 100 * after.fraction(),
                     before.hits, after.hits, after.total);
}

std::string text_of(const DistillModelOutcome& outcome) {
  std::string text = fmt::format("{} samples to learn from, {} epochs, {}\n", outcome.trained_samples, outcome.epochs,
                                 outcome.best_epoch > 0 ? fmt::format("the best was epoch {}", outcome.best_epoch)
                                                        : "none better than the student as it was");
  text += line("agreement with teacher", outcome.agreement_before, outcome.agreement_after);
  if (outcome.top1_before) {
    text += line("top-1 accuracy", *outcome.top1_before, *outcome.top1_after);
    text += fmt::format("{:<24}{:>7.2f} %  ({} of {})\n", "teacher's top-1", 100 * outcome.top1_teacher->fraction(),
                        outcome.top1_teacher->hits, outcome.top1_teacher->total);
  }
  return text;
}

}  // namespace

Action add_distill(CLI::App& app) {
  struct Options {
    DistillModelRequest request;
    DataTexts data;
    std::string output;
  };
  const auto options = std::make_shared<Options>();
  DistillModelRequest& request = options->request;
  add_model_options(app, request.student, "The student, an ONNX model");
  app.add_option("--teacher", request.teacher.path, "The ONNX model to learn from, with the same inputs and outputs")
      ->required()
      ->type_name("MODEL.onnx");
  app.add_option("--data", request.data.path, "Samples to learn from, without labels: .npy, .npz or a folder")
      ->required()
      ->type_name("X.npy");
  app.add_option("-o,--output", options->output, "The better student (ONNX, opset 17)")->required()->type_name("OUT.onnx");
  app.add_option("--eval-data", request.eval.path, "Samples to measure on (default: those of --data)")->type_name("X.npy");
  app.add_option("--labels", request.labels, "Class indices of the samples to measure on")->type_name("Y.npy");
  app.add_option("--epochs", request.epochs, "Times through the samples; 0: as the work allows")
      ->type_name("N")
      ->check(CLI::Range(0, 10000).description(""))
      ->capture_default_str();
  app.add_option("--bits", request.weight_bits, "Learn as integers will hold it: weights of 8 or 4 bits; 0: as float")
      ->type_name("0|4|8")
      ->check(CLI::IsMember({0, 4, 8}).description(""))
      ->capture_default_str();
  app.add_option("--seed", request.seed, "Seed of everything random")->type_name("N")->capture_default_str();
  app.add_option("--threads", request.threads, "Threads to use, 0 for all; results do not depend on it")
      ->type_name("N")
      ->check(CLI::Range(0, 1024).description(""))
      ->capture_default_str();
  add_data_options(app, options->data);
  app.footer("Example:\n  tinyc distill narrow.onnx --teacher wide.onnx --data x.npy --eval-data eval_x.npy --labels eval_y.npy "
             "-o better.onnx");
  return [options]() -> Result<ExitCode> {
    DistillModelRequest& wanted = options->request;
    wanted.data.options = wanted.eval.options = TINYC_TRY(data_options(options->data));
    wanted.teacher.dims = wanted.student.dims;
    wanted.progress = show_progress;
    wanted.stop = interrupted;
    const DistillModelOutcome outcome = TINYC_TRY(distill_model(wanted));
    if (outcome.stopped) log::warning("stopped: the result is the best so far");
    TINYC_TRY(write_outputs(".", {{options->output, outcome.model}}));
    TINYC_TRY(print_result(text_of(outcome) + "wrote " + options->output + "\n"));
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
