#include "formats/c/emit.h"

#include <algorithm>
#include <cctype>

#include "formats/c/texts.h"
#include "lib/ir/text_format.h"
#include "lib/support/rng.h"
#include "lib/support/text.h"

namespace tinyc {

Tensor small_integers(const Type& type, Rng& rng) {
  Tensor tensor(DType::i64, type.shape);
  for (std::int64_t& value : tensor.mutable_data<std::int64_t>()) value = rng.integer(0, 1);
  return tensor.cast(type.dtype);
}

namespace {

constexpr std::int64_t selftest_input_bytes = 16 * 1024;  // of flash
constexpr std::int64_t most_vectors = 3;

// As many as fit, one at least.
std::size_t vector_count(const Graph& graph) {
  std::int64_t bytes = 1;
  for (const ValueId input : graph.inputs()) bytes += graph.value(input).type().bytes();
  return static_cast<std::size_t>(std::clamp<std::int64_t>(selftest_input_bytes / bytes, 1, most_vectors));
}

Tensor seeded_input(const Type& type, Rng& rng, bool full_range) {
  Tensor tensor(type.dtype, type.shape);
  if (type.dtype == DType::f32) {
    for (float& value : tensor.mutable_data<float>()) value = static_cast<float>(rng.normal());
    return tensor;
  }
  if (type.dtype != DType::i8 && type.dtype != DType::u8) return small_integers(type, rng);
  if (type.dtype == DType::u8) {
    for (std::byte& byte : tensor.mutable_bytes()) byte = static_cast<std::byte>(rng.next() & 0xff);
    return tensor;
  }
  for (std::int8_t& value : tensor.mutable_data<std::int8_t>()) {
    const double near = std::clamp(rng.normal() * 32.0, -128.0, 127.0);
    value = static_cast<std::int8_t>(full_range ? rng.integer(-128, 127) : static_cast<std::int64_t>(near));
  }
  return tensor;
}

std::vector<std::vector<Tensor>> seeded_inputs(const Graph& graph) {
  std::vector<std::vector<Tensor>> vectors(vector_count(graph));
  Rng rng(1);
  for (std::size_t i = 0; i < vectors.size(); ++i)
    for (const ValueId input : graph.inputs()) vectors[i].push_back(seeded_input(graph.value(input).type(), rng, i % 2 == 0));
  return vectors;
}

bool is_c_identifier(const std::string& name) { return !name.empty() && c_identifier(name) == name && name.front() != '_'; }

std::vector<std::string> kernels_of(const CompiledModel& model, std::vector<std::string> kernels) {
  for (const CompiledLayer& layer : model.layers)
    for (const KernelCall& call : layer.calls) kernels.push_back(call.kernel);
  if (!model.streams.empty()) kernels.emplace_back("tinyc_slide_bytes");
  for (const Stream& stream : model.streams)
    if (!stream.feeds.empty()) kernels.emplace_back("tinyc_feed_rows");
  return kernels;
}

}  // namespace

Result<std::map<std::string, std::string>> emit_c(const CompiledModel& model, const EmitOptions& options) {
  if (!is_c_identifier(options.prefix) || options.prefix == "tinyc" || options.prefix == "tinyc_runtime")
    return Error("TC5040", options.prefix, "cannot begin the names of C functions and files", "use --name with another name");
  auto inputs = options.selftest_inputs.empty() ? seeded_inputs(model.graph) : options.selftest_inputs;
  inputs.resize(std::min(inputs.size(), vector_count(model.graph)));
  std::vector<SelftestVector> vectors;
  for (auto& vector : inputs) vectors.push_back(TINYC_TRY(selftest_vector(model, std::move(vector))));

  const c::Names names = c::make_names(model, options.prefix);
  std::map<std::string, std::string> files;
  files[options.prefix + ".h"] = c::header_text(model, names);
  files[options.prefix + ".c"] = c::source_text(model, names);
  files[options.prefix + "_weights.c"] = c::weights_text(model, names);
  if (!model.push_rows) files[options.prefix + "_benchmark.c"] = c::benchmark_text(model, names);
  files[options.prefix + "_selftest.c"] = c::selftest_text(model, names, vectors);
  files[options.prefix + ".tinyc"] = print(model.graph);
  files["tinyc_runtime.h"] = runtime_header(kernels_of(model, options.extra_kernels));
  return files;
}

}  // namespace tinyc
