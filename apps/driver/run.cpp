#include "apps/driver/run.h"

#include <algorithm>
#include <filesystem>

#include "apps/driver/host_runner.h"
#include "formats/c/emit.h"
#include "lib/cost/core_model.h"
#include "lib/exec/interpreter.h"
#include "lib/support/check.h"
#include "passes/lower/lower.h"

namespace tinyc {

std::string_view to_string(Subject subject) {
  switch (subject) {
    case Subject::float_graph: return "float";
    case Subject::int8_graph: return "int8";
    case Subject::emitted_c: return "c";
  }
  return "";
}

std::optional<Subject> parse_subject(std::string_view text) {
  for (const Subject subject : {Subject::float_graph, Subject::int8_graph, Subject::emitted_c})
    if (text == to_string(subject)) return subject;
  return {};
}

Result<RunnableModel> prepare(const SubjectRequest& request) {
  RunnableModel runnable;
  runnable.target = TINYC_TRY(find_target(request.quantize.target));
  runnable.model = TINYC_TRY(load_model(request.quantize.model));
  const bool compiled = runnable.model.is_compiled();
  const bool quantized_folder = compiled && !runnable.model.is_float();
  runnable.subject = request.as.value_or(quantized_folder ? Subject::int8_graph : Subject::float_graph);
  if (quantized_folder && runnable.subject == Subject::float_graph)
    return Error("TC5009", "--as float", request.quantize.model.path + " holds only the quantized graph",
                 "give the ONNX model");
  if (compiled && !quantized_folder && runnable.subject == Subject::int8_graph)
    return Error("TC5009", "--as int8", request.quantize.model.path + " holds a float graph", "compress the model with --int8");
  if (!compiled && runnable.subject != Subject::float_graph) {
    QuantizeOutcome quantized = TINYC_TRY(quantize_model(request.quantize));
    runnable.model = std::move(quantized.model);
    runnable.warnings = std::move(quantized.warnings);
  }
  return runnable;
}

Result<EmittedSources> sources_of(const Model& model, const Target& target) {
  std::error_code error;
  if (model.is_compiled() && std::filesystem::exists(std::filesystem::path(model.folder) / (model.prefix + ".c"), error))
    return read_sources(model.folder, model.prefix);
  Graph graph = model.graph;
  graph.stage = Stage::quantized;
  const Core& core = *target.core;
  const LowerOptions options{.target = std::string(target.name())};
  const CompiledModel compiled = TINYC_TRY(lower(std::move(graph), core_features(core), options));
  EmitOptions emission;
  emission.prefix = model.prefix;
  auto sources = TINYC_TRY(emit_c(compiled, emission));
  return EmittedSources{model.prefix, std::move(sources)};
}

Samples all_samples(const Dataset& data) {
  Samples samples;
  for (std::int64_t i = 0; i < data.size(); ++i) samples.push_back(data.sample(i));
  return samples;
}

Result<Samples> run_samples(const RunnableModel& model, const Dataset& data, int threads,
                            const std::function<void(std::string_view, std::int64_t, std::int64_t)>& progress) {
  if (model.subject == Subject::emitted_c)
    return run_on_host(model.model.graph, TINYC_TRY(sources_of(model.model, model.target)), all_samples(data));
  BatchOptions options;
  options.threads = threads;
  if (progress) options.progress = [&](std::int64_t done, std::int64_t total) { progress("running", done, total); };
  return run_batch(model.model.graph, data, options);
}

Tensor stack(const std::vector<Tensor>& samples) {
  TINYC_CHECK(!samples.empty(), "at least one sample");
  const Tensor& first = samples.front();
  std::vector<std::int64_t> sizes = first.shape().sizes();
  if (!sizes.empty() && sizes.front() == 1) sizes.erase(sizes.begin());
  sizes.insert(sizes.begin(), static_cast<std::int64_t>(samples.size()));
  Tensor all(first.dtype(), Shape(std::move(sizes)));
  std::byte* out = all.mutable_bytes().data();
  for (const Tensor& sample : samples) {
    TINYC_CHECK(sample.dtype() == first.dtype() && sample.shape() == first.shape(), "samples have one type");
    out = std::copy(sample.bytes().begin(), sample.bytes().end(), out);
  }
  return all;
}

Tensor real_values(const Tensor& tensor, const Type& type) {
  if (type.is_quantized()) return dequantize_tensor(tensor, *type.quantization);
  return is_float(tensor.dtype()) ? tensor.cast(DType::f32) : tensor;
}

Result<RunOutcome> run_model(const RunRequest& request) {
  const RunnableModel model = TINYC_TRY(prepare(request.subject));
  const Graph& graph = model.model.graph;
  const auto data = TINYC_TRY(load_data(graph, request.input));
  const QuantizeRequest& options = request.subject.quantize;
  const auto results = TINYC_TRY(run_samples(model, *data, options.threads, options.progress));
  RunOutcome outcome;
  outcome.subject = model.subject;
  outcome.samples = data->size();
  outcome.warnings = model.warnings;
  for (std::size_t k = 0; k < graph.outputs().size(); ++k) {
    const Value& output = graph.value(graph.outputs()[k]);
    std::vector<Tensor> samples;
    for (const auto& result : results)
      samples.push_back(request.input.options.stored_integers ? result[k] : real_values(result[k], output.type()));
    outcome.outputs.push_back({output.name(), stack(samples)});
  }
  return outcome;
}

}  // namespace tinyc
