#include "apps/tinyc/options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>

#include "lib/support/log.h"

namespace tinyc::cli {
namespace {

const char* data_group = "Data";

std::optional<double> parse_real(std::string_view text) {
  double value = 0;
  if (text.starts_with("+")) text.remove_prefix(1);
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

// "0.5" or "1/255"
Result<double> parse_factor(const std::string& option, const std::string& text) {
  const auto slash = text.find('/');
  const auto numerator = parse_real(std::string_view(text).substr(0, slash));
  const auto denominator = slash == text.npos ? std::optional(1.0) : parse_real(std::string_view(text).substr(slash + 1));
  if (!numerator || !denominator || *denominator == 0)
    return Error("TC5011", option + " " + text, "not a number", "for example 0.5 or 1/255");
  return *numerator / *denominator;
}

void add_distill_options(CLI::App& app, DistillRequest& distill) {
  const char* group = "Distillation";
  app.add_option("--distill", distill.epochs,
                 "Let the float model teach the compressed one, so many times through the samples (0: as the work allows); "
                 "done by default where weights are pruned and there are 200 samples")
      ->type_name("EPOCHS")
      ->expected(0, 1)
      ->default_str("0")
      ->check(CLI::Range(0, 10000).description(""))
      ->group(group);
  app.add_flag("--no-distill", distill.never, "Leave distillation out")->group(group);
  app.add_option("--teacher", distill.teacher.path,
                 "The model to learn from, with the same outputs (default: the model before it was pruned)")
      ->type_name("MODEL.onnx")
      ->group(group);
  app.add_option("--distill-data", distill.data.path, "More samples to learn from")
      ->type_name("X.npy")
      ->group(group);
}

}  // namespace

void add_model_options(CLI::App& app, ModelRequest& model, const char* what) {
  app.add_option("model", model.path, what)->required()->type_name("MODEL");
  app.add_option("--dim", model.dims, "Size of a dynamic dimension of the ONNX model; may be repeated")
      ->type_name("NAME=N")
      ->allow_extra_args(false);
}

void add_folder_name_option(CLI::App& app, ModelRequest& model) {
  app.add_option("--name", model.name, "Which model, where a folder holds several")->type_name("PREFIX");
}

void add_data_options(CLI::App& app, DataTexts& texts) {
  app.add_option("--scale", texts.scale, "Feed x * S + O: the factor S, for example 1/255")
      ->type_name("S")
      ->group(data_group);
  app.add_option("--offset", texts.offset, "Feed x * S + O: the summand O")->type_name("O")->group(data_group);
  app.add_option("--data-layout", texts.layout, "Layout of the samples in the file; transposed where the model differs")
      ->type_name("nchw|nhwc")
      ->check(CLI::IsMember({"nchw", "nhwc"}).description(""))
      ->group(data_group);
}

Result<DataOptions> data_options(const DataTexts& texts) {
  DataOptions options;
  options.scale = TINYC_TRY(parse_factor("--scale", texts.scale));
  options.offset = TINYC_TRY(parse_factor("--offset", texts.offset));
  options.layout = parse_data_layout(texts.layout);
  return options;
}

void add_quantize_options(CLI::App& app, QuantizeRequest& request) {
  const char* group = "Quantization of an ONNX model";
  app.add_option("--calib", request.calibration.path,
                 "Calibration samples: .npy, .npz or a folder of tensors (without: random inputs and a warning)")
      ->type_name("X.npy")
      ->group(group);
  app.add_option("--calib-method", request.calibration_method, "How the range of an activation is chosen")
      ->type_name("mse|min-max|percentile|entropy")
      ->check(CLI::IsMember({"mse", "min-max", "percentile", "entropy"}).description(""))
      ->capture_default_str()
      ->group(group);
  app.add_flag("--requantize", request.requantize, "Calibrate a model anew that is quantized already")->group(group);
  app.add_flag("--int4w", request.int4_weights, "4-bit weights (those of depthwise filters 8), 8-bit activations")->group(group);
  app.add_option("--prune", request.prune, "Share of the prunable weights to make zero")
      ->type_name("R")
      ->group(group);
  app.add_option("--prune-pattern", request.prune_pattern, "What goes together: single weights, blocks that kernels skip, or channels (R is then a share of the MACs)")
      ->type_name("unstructured|block4x2|block4x4|channel")
      ->check(CLI::IsMember({"unstructured", "block4x2", "block4x4", "channel"}).description(""))
      ->group(group);
  app.add_option("--keep-float", request.keep_float, "Compute the layers of this name in float (* any text); may be repeated")
      ->type_name("PATTERN")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--target", request.target, "Core or MCU to emit for; see `tinyc targets`")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  app.add_option("--pipeline", request.pipeline, "Run these passes instead of the default ones; see `tinyc passes`")
      ->type_name("TEXT")
      ->group(group);
  app.add_option("--seed", request.seed, "Seed of everything random")->type_name("N")->capture_default_str()->group(group);
  app.add_option("--threads", request.threads, "Threads to use, 0 for all; results do not depend on it")
      ->type_name("N")
      ->check(CLI::Range(0, 1024).description(""))
      ->capture_default_str()
      ->group(group);
  add_distill_options(app, request.distill);
}

void add_subject_option(CLI::App& app, std::string& text) {
  app.add_option("--as", text,
                 "The float or int8 interpreter, or the emitted C (default: float for ONNX, for a folder what it holds)")
      ->type_name("float|int8|c")
      ->check(CLI::IsMember({"float", "int8", "c"}).description(""));
}

std::optional<Subject> subject_option(const std::string& text) { return parse_subject(text); }

void log_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) log::warning(warning);
}

}  // namespace tinyc::cli
