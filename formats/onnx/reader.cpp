#include "formats/onnx/reader.h"

#include <cctype>

#include "formats/onnx/importer.h"
#include "lib/support/files.h"
#include "lib/support/hash.h"

namespace tinyc {
namespace {

// Text of the file that ends up in comments of generated code.
std::string plain(const std::string& text) {
  std::string kept;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) || std::string_view(" ._+-").find(c) != std::string_view::npos) kept += c;
  return kept.substr(0, 80);
}

}  // namespace

Result<Graph> read_onnx_bytes(std::string_view bytes, const std::filesystem::path& folder,
                              const OnnxReadOptions& options) {
  using namespace onnx_format;
  onnx::ModelProto model;
  TINYC_TRY(parse(bytes, options.max_memory_bytes, model));
  if (!model.has_graph() || model.graph().output_size() == 0)
    return Error("TC4101", "", "the file holds no ONNX graph with outputs", "check that it is an ONNX model");
  ExternalData external{folder, options.max_memory_bytes};
  FlatModel flat = TINYC_TRY(flatten(model, options));
  TINYC_TRY(check_and_sort(model.graph(), flat.nodes));
  Problems blockers;
  if (const Status operators = check_operators(model.graph(), flat, options); !operators.ok()) blockers.add(operators.error());
  if (const auto inputs = resolve_inputs(model.graph(), options); !inputs.ok()) blockers.add(inputs.error());
  TINYC_TRY(blockers.status());
  Graph graph = TINYC_TRY(import_graph(*model.mutable_graph(), flat, external, options));
  graph.name = model.graph().name();
  Hasher hasher;
  hasher.text(bytes);
  graph.metadata["model_hash"] = hasher.hex();
  const Opsets& opsets = flat.opsets.at("");
  if (const auto opset = opsets.find(""); opset != opsets.end())
    graph.metadata["model_opset"] = std::to_string(opset->second);
  if (!model.producer_name().empty())
    graph.metadata["producer"] = plain(
        model.producer_name() + (model.producer_version().empty() ? "" : " " + model.producer_version()));
  return graph;
}

Result<Graph> read_onnx(const std::filesystem::path& path, const OnnxReadOptions& options) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
    return Error("TC6001", path.string(), "cannot read: not a regular file");
  const std::string bytes = TINYC_TRY(read_file(path.string(), options.max_file_bytes));
  auto graph = read_onnx_bytes(bytes, path.parent_path(), options);
  if (graph.ok()) return graph;
  std::vector<Diagnostic> diagnostics = graph.error().diagnostics();
  for (Diagnostic& diagnostic : diagnostics)
    if (diagnostic.where.empty()) diagnostic.where = path.string();
  return Error(std::move(diagnostics));
}

}  // namespace tinyc
