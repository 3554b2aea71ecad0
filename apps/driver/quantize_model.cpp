#include "apps/driver/quantize_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "apps/driver/pass_table.h"
#include "apps/driver/teach.h"
#include "formats/onnx/reader.h"
#include "lib/cost/core_model.h"
#include "lib/ir/objective.h"
#include "lib/ops/ops.h"
#include "lib/support/hash.h"
#include "lib/support/text.h"
#include "lib/support/version.h"

namespace tinyc {
namespace {

Status check_pass_names(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const Pass* pass : all_passes()) known.emplace_back(pass->info.name);
  for (const std::string& name : names) {
    if (name == "*" || find_pass(all_passes(), name)) continue;
    const auto near = near_matches(name, known);
    return Error("TC5020", "--dump-after " + name, "there is no such pass",
                 near.empty() ? "`tinyc passes` lists them" : "did you mean " + join(near, ", ") + "?");
  }
  return {};
}

std::string pattern_of(const QuantizeRequest& request) {
  return request.prune_pattern.empty() ? "" : ", pattern=" + request.prune_pattern;
}

std::string hash_of(const Dataset& data) {
  Hasher hasher;
  for (std::int64_t i = 0; i < data.size(); ++i)
    for (const Tensor& tensor : data.sample(i)) hasher.bytes(tensor.bytes().data(), tensor.bytes().size());
  return hasher.hex();
}

bool needs_no_samples(const std::vector<PassNote>& notes) {
  return std::any_of(notes.begin(), notes.end(), [](const PassNote& note) {
    return note.pass == "calibrate" && note.facts.text_or("method", "") == "pinned";
  });
}

void warn_of_synthetic_samples(std::vector<std::string>& warnings, const QuantizeRequest& request) {
  warnings.insert(
      warnings.begin(),
      fmt::format("NO CALIBRATION DATA: the scales come from {} random inputs (seed {}) and mean nothing for real "
                  "data; give real samples with --calib X.npy",
                  request.synthetic_samples, request.seed));
}

// With ", " before it; empty without distillation.
std::string distill_step(const QuantizeRequest& request) {
  const bool wanted = request.distill.epochs || !request.distill.teacher.path.empty();
  const bool lossy = request.prune > 0 || request.int4_weights;
  if (request.distill.never || (!wanted && !lossy)) return "";
  std::vector<std::string> options;
  if (request.distill.epochs.value_or(0) > 0) options.push_back(fmt::format("epochs={}", *request.distill.epochs));
  if (request.as_float) options.push_back("weight_bits=0");
  else if (request.int4_weights) options.push_back("weight_bits=4");
  if (wanted) options.push_back("least_samples=0");
  return ", distill" + (options.empty() ? "" : "{" + join(options, ", ") + "}");
}

}  // namespace

Result<std::unique_ptr<Dataset>> load_data(const Graph& graph, const DataRequest& request) {
  return read_dataset(graph, request.path, request.options, read_tensor_pb);
}

Result<Pipeline> pipeline_of(const QuantizeRequest& request, bool quantized) {
  if (!(request.prune >= 0 && request.prune < 1))
    return Error("TC5005", "--prune " + shortest(request.prune), "not a share of the weights in [0, 1)",
                 "for example --prune 0.5 for half of them");
  if (request.prune == 0 && !request.prune_pattern.empty() && request.pipeline.empty())
    return Error("TC5005", "--prune-pattern " + request.prune_pattern, "there is nothing to prune", "give --prune R, too");
  if (request.prune_pattern == "channel" && request.calibration.path.empty())
    return Error("TC5005", "--prune-pattern channel", "channels are pruned by samples", "give --calib X.npy, too");
  std::string text = request.pipeline;
  if (request.as_float && !request.keep_float.empty())
    return Error("TC5006", "--keep-float", "cannot be combined with --float, which keeps every layer in float");
  if (!text.empty() && !request.keep_float.empty())
    return Error("TC5006", "--keep-float", "cannot be combined with --pipeline",
                 "write quantize{keep_float=[...]} into the pipeline");
  if (!text.empty() && request.requantize)
    return Error("TC5006", "--requantize", "cannot be combined with --pipeline",
                 "write adopt-quantization{discard=1} into the pipeline");
  if (text.empty()) {
    text = "canonicalize";
    if (quantized) {
      const bool discard = request.requantize || request.as_float;
      text += std::string(", adopt-quantization") + (discard ? "{discard=1}" : "") + ", canonicalize";
    }
    const bool has_samples = !request.calibration.path.empty();
    const bool channels = request.prune_pattern == "channel";
    if (request.prune > 0)
      text += std::string(channels ? ", prune-channels" : has_samples ? ", prune-second-order" : ", prune") +
              "{ratio=" + shortest(request.prune) + (channels ? "" : pattern_of(request)) + "}";
    if (!request.as_float) text += request.int4_weights ? ", equalize{dense=0}" : ", equalize";
    text += distill_step(request);
    if (!request.as_float)
      text += ", calibrate{method=" + request.calibration_method + "}, fuse-functions, quantize" +
              (request.int4_weights ? "{weight_bits=4}" : "") + ", merge-tables, remove-dead-channels, planar-input";
  } else if (request.prune > 0 || !request.prune_pattern.empty()) {
    return Error("TC5006", "--prune", "cannot be combined with --pipeline", "write prune{ratio=...} into the pipeline");
  }
  Pipeline pipeline = TINYC_TRY(parse_pipeline(text, all_passes(), named_pipelines()));
  if (!request.keep_float.empty())
    for (PipelineStep& step : pipeline)
      if (step.pass && (step.pass->info.name == "quantize" || step.pass->info.name == "fuse-functions"))
        step.options.set("keep_float", request.keep_float);
  return pipeline;
}

Result<QuantizeOutcome> quantize_model(const QuantizeRequest& request) {
  QuantizeOutcome outcome;
  outcome.target = TINYC_TRY(find_target(request.target));
  Pipeline pipeline = TINYC_TRY(pipeline_of(request, false));
  TINYC_TRY(check_stages(pipeline, Stage::imported));
  TINYC_TRY(check_pass_names(request.observers.dump_after));
  outcome.model = TINYC_TRY(load_model(request.model));
  Graph& graph = outcome.model.graph;
  pipeline = TINYC_TRY(pipeline_of(request, carries_quantization(graph)));
  outcome.pipeline = print(pipeline);
  if (outcome.model.is_compiled())
    return Error("TC5007", request.model.path, "already compressed", "give the ONNX model");

  outcome.calibration_is_synthetic = request.calibration.path.empty() && !request.as_float;
  if (request.calibration.path.empty() && request.as_float) {
    // Float C needs no ranges.
  } else if (outcome.calibration_is_synthetic) {
    outcome.calibration = synthetic_dataset(graph, request.synthetic_samples, request.seed);
  } else {
    outcome.calibration = TINYC_TRY(load_data(graph, request.calibration));
  }
  outcome.calibration_samples = outcome.calibration ? outcome.calibration->size() : 0;

  graph.metadata["tinyc_version"] = version();
  graph.metadata["pipeline"] = outcome.pipeline;
  graph.metadata["objective"] = to_string(request.objective);
  graph.metadata["seed"] = std::to_string(request.seed);
  PassContext context;
  context.ops = all_ops();
  context.calibration = outcome.calibration.get();
  context.features = core_features(*outcome.target.core);
  context.features.objective = request.objective;
  context.target = outcome.target.name();
  context.seed = request.seed;
  context.threads = request.threads;
  context.notes = &outcome.notes;
  context.warnings = &outcome.warnings;
  context.progress = request.progress;
  context.stop = request.stop;
  TINYC_TRY(run_taught(graph, pipeline, context, request));
  if (needs_no_samples(outcome.notes)) {
    outcome.calibration_samples = 0;
    outcome.calibration_is_synthetic = false;
    graph.metadata["calibration"] = "none: the parameters are the model's own";
  } else if (outcome.calibration) {
    graph.metadata["calibration"] = fmt::format("{} {} samples, hash {}", outcome.calibration_samples,
                                                outcome.calibration_is_synthetic ? "synthetic" : "real",
                                                hash_of(*outcome.calibration));
  }
  if (outcome.calibration_is_synthetic) warn_of_synthetic_samples(outcome.warnings, request);
  return outcome;
}

}  // namespace tinyc
