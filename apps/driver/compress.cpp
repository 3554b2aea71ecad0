#include "apps/driver/compress.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "apps/driver/outputs.h"
#include "formats/c/emit.h"
#include "formats/json/json.h"
#include "formats/onnx/writer.h"
#include "lib/cost/core_model.h"
#include "lib/exec/interpreter.h"
#include "lib/support/check.h"
#include "lib/support/text.h"
#include "passes/lower/lower.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t selftest_vectors = 3;

// The first calibration samples, as the quantized inputs store them.
std::vector<std::vector<Tensor>> selftest_inputs(const Graph& graph, const Dataset& calibration) {
  std::vector<std::vector<Tensor>> vectors;
  for (std::int64_t i = 0; i < std::min(selftest_vectors, calibration.size()); ++i) {
    std::vector<Tensor> inputs = calibration.sample(i);
    TINYC_CHECK(inputs.size() == graph.inputs().size(), "quantization keeps the inputs");
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const Type& type = graph.value(graph.inputs()[k]).type();
      if (type.is_quantized()) inputs[k] = stored_tensor(inputs[k], type);
    }
    vectors.push_back(std::move(inputs));
  }
  return vectors;
}

// The kernels that other models of a folder call from the tinyc_runtime.h they share with this one.
std::vector<std::string> kernels_of_others(const fs::path& folder, const std::string& name) {
  const auto runtime = read_file((folder / "tinyc_runtime.h").string());
  if (!runtime.ok()) return {};
  std::error_code error;
  std::set<std::string> called;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".tinyc" || entry.path().stem() == name) continue;
    const auto source = read_file(fs::path(entry.path()).replace_extension(".c").string());
    if (!source.ok() || !is_own_file(*source)) continue;
    for (const std::string& kernel : runtime_kernels(*runtime))
      if (source->find(kernel + "(") != std::string::npos) called.insert(kernel);
  }
  return {called.begin(), called.end()};
}

// What the pipeline left is what was asked for.
Status check_stage(Stage stage, bool as_float) {
  if (as_float ? stage == Stage::canonical || stage == Stage::calibrated : stage == Stage::quantized) return {};
  const std::string left = "leaves the model in stage " + std::string(to_string(stage));
  if (as_float) return Error("TC5021", "--pipeline", left + ", which is no canonical float model", "end the pipeline with canonicalize");
  return Error("TC5021", "--pipeline", left + ", and only a quantized one becomes int8 C",
               "end the pipeline with calibrate, quantize, or give --float");
}

Status check_name(const std::string& name) {
  if (c_identifier(name) != name)
    return Error("TC5008", "--name " + name, "not a C identifier", "for example --name " + c_identifier(name));
  if (name == "tinyc_runtime")
    return Error("TC5008", "--name " + name, "tinyc's own name for the kernels", "choose another --name");
  return {};
}

}  // namespace

Result<CompressOutcome> compress(const CompressRequest& request) {
  const std::string name = request.name.empty() ? default_prefix(request.quantize.model.path) : request.name;
  TINYC_TRY(check_name(name));
  TINYC_TRY(check_request(request.quality, request.quantize));
  CompressOutcome outcome;
  outcome.folder = request.folder.empty() ? name : request.folder;

  const std::optional<Duty> duty = TINYC_TRY(parse_duty(request.duty));
  const Budgets budgets = TINYC_TRY(parse_budgets(request.budgets));

  QuantizeRequest quantize = request.quantize;
  quantize.as_float = request.precision == Precision::float32;
  QuantizeOutcome quantized = TINYC_TRY(quantize_model(quantize));
  const Graph& graph = quantized.model.graph;
  TINYC_TRY(check_stage(graph.stage, quantize.as_float));
  if (request.quality.wanted()) quantized.notes.push_back(TINYC_TRY(check_quality(request.quality, quantize, quantized)));
  if (!request.save_onnx.empty()) {
    std::string model = TINYC_TRY(write_onnx(graph));
    outcome.models.push_back({request.save_onnx, std::move(model)});
  }
  const Core& core = *quantized.target.core;
  const LowerOptions lowering{.target = std::string(quantized.target.name()), .external_input = request.external_input,
                              .push_rows = request.push_rows, .max_ram = request.max_ram};
  CoreFeatures features = core_features(core);
  features.objective = request.quantize.objective;
  const CompiledModel compiled = TINYC_TRY(lower(graph, features, lowering));

  EmitOptions emission;
  emission.prefix = name;
  if (quantized.calibration) emission.selftest_inputs = selftest_inputs(graph, *quantized.calibration);
  emission.extra_kernels = kernels_of_others(outcome.folder, name);
  const auto sources = TINYC_TRY(emit_c(compiled, emission));

  TargetEstimate cost = TINYC_TRY(estimate_on(compiled, quantized.target, duty));
  outcome.report = make_report(quantized, compiled, std::move(cost), name);
  outcome.report.budgets = judge(budgets, outcome.report.cost.figures());
  for (const auto& [file, text] : sources) {
    outcome.report.files.push_back({file, static_cast<std::int64_t>(text.size())});
    outcome.files.push_back({file, text});
  }
  outcome.files.push_back({"report.json", print_json(to_document(outcome.report))});
  outcome.files.push_back({"report.md", to_markdown(outcome.report)});
  outcome.files.push_back({"arena.svg", arena_svg(compiled, name)});
  return outcome;
}

Status write(const CompressOutcome& outcome) {
  std::vector<OutputFile> files = outcome.files;
  for (const OutputFile& model : outcome.models) files.push_back({fs::absolute(model.path).string(), model.contents});
  return write_outputs(outcome.folder, std::move(files));
}

}  // namespace tinyc
