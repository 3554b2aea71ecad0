#include "apps/driver/run.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/tinyc/command.h"
#include "apps/tinyc/options.h"
#include "apps/tinyc/terminal.h"
#include "formats/npy/npy.h"
#include "lib/support/files.h"
#include "lib/support/log.h"

namespace tinyc::cli {

Action add_run(CLI::App& app) {
  struct Options {
    RunRequest request;
    DataTexts data;
    std::string as;
    std::vector<std::string> outputs;
    bool stored = false;
  };
  const auto options = std::make_shared<Options>();
  QuantizeRequest& quantize = options->request.subject.quantize;
  add_model_options(app, quantize.model, "An ONNX model, or a folder that compress wrote");
  app.add_option("--input", options->request.input.path, "Samples, N x the input's shape: .npy, .npz or a folder")
      ->required()
      ->type_name("X.npy");
  app.add_option("--output", options->outputs, "Where results go, N x the output's shape; once per output of the model")
      ->required()
      ->type_name("Y.npy")
      ->allow_extra_args(false);
  add_subject_option(app, options->as);
  app.add_flag("--stored", options->stored, "Read and write the stored int8 values of a quantized model, not real ones");
  add_data_options(app, options->data);
  add_quantize_options(app, quantize);
  add_folder_name_option(app, quantize.model);
  app.footer("Examples:\n  tinyc run kws.onnx --input x.npy --output y.npy\n"
             "  tinyc run out --input x.npy --output y.npy --as c\n"
             "  tinyc run vww.onnx --input pictures.npy --scale 1/255 --output y.npy");
  return [options]() -> Result<ExitCode> {
    RunRequest& request = options->request;
    request.subject.as = subject_option(options->as);
    request.input.options = TINYC_TRY(data_options(options->data));
    request.subject.quantize.calibration.options = request.input.options;
    request.input.options.stored_integers = options->stored;
    request.subject.quantize.progress = show_progress;
    const RunOutcome outcome = TINYC_TRY(run_model(request));
    log_warnings(outcome.warnings);
    if (outcome.outputs.size() != options->outputs.size())
      return Error("TC5012", "--output",
                   fmt::format("the model has {} outputs, {} files given", outcome.outputs.size(), options->outputs.size()));
    std::vector<OutputFile> files;
    for (std::size_t i = 0; i < outcome.outputs.size(); ++i)
      files.push_back({options->outputs[i], print_npy(outcome.outputs[i].tensor)});
    TINYC_TRY(write_files(files));
    for (std::size_t i = 0; i < outcome.outputs.size(); ++i)
      log::info(fmt::format("{}: {} {} as {} -> {}", outcome.outputs[i].name, to_string(outcome.outputs[i].tensor.dtype()),
                            outcome.outputs[i].tensor.shape().to_string(), to_string(outcome.subject), options->outputs[i]));
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
