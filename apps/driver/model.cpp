#include "apps/driver/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "apps/driver/pass_table.h"
#include "formats/onnx/reader.h"
#include "lib/ir/text_format.h"
#include "lib/ir/verifier.h"
#include "lib/ops/ops.h"
#include "lib/support/files.h"
#include "lib/support/text.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

Result<std::map<std::string, std::int64_t>> parse_dims(const std::vector<std::string>& dims) {
  std::map<std::string, std::int64_t> sizes;
  for (const std::string& dim : dims) {
    const auto equals = dim.rfind('=');
    std::int64_t size = 0;
    if (equals != dim.npos && equals > 0) {
      const char* end = dim.data() + dim.size();
      const auto parsed = std::from_chars(dim.data() + equals + 1, end, size);
      if (parsed.ec != std::errc() || parsed.ptr != end) size = 0;
    }
    if (size <= 0) return Error("TC5002", "--dim " + dim, "not NAME=N with a positive N", "for example --dim batch=1");
    sizes[dim.substr(0, equals)] = size;
  }
  return sizes;
}

Result<Model> load_compiled(const ModelRequest& request) {
  std::error_code error;
  std::vector<std::string> prefixes;
  for (const fs::directory_entry& entry : fs::directory_iterator(request.path, error))
    if (entry.path().extension() == ".tinyc") prefixes.push_back(entry.path().stem().string());
  if (error) return Error("TC6001", request.path, "cannot read: " + error.message());
  std::sort(prefixes.begin(), prefixes.end());
  if (!request.name.empty()) {
    if (std::find(prefixes.begin(), prefixes.end(), request.name) == prefixes.end())
      return Error("TC6040", request.path, "no " + request.name + ".tinyc in this folder",
                   prefixes.empty() ? "" : "it holds " + join(prefixes, ", "));
    prefixes = {request.name};
  }
  if (prefixes.empty())
    return Error("TC6040", request.path, "no PREFIX.tinyc in this folder", "give one that `tinyc compress` wrote");
  if (prefixes.size() > 1)
    return Error("TC5003", request.path, "several models in this folder: " + join(prefixes, ", "),
                 "choose one with --name");
  const std::string path = (fs::path(request.path) / (prefixes.front() + ".tinyc")).string();
  const std::string text = TINYC_TRY(read_file(path));
  auto parsed = parse_graph(text, all_ops());
  if (!parsed.ok()) {
    std::vector<Diagnostic> located = parsed.error().diagnostics();
    for (Diagnostic& diagnostic : located) diagnostic.where = path + (diagnostic.where.empty() ? "" : ": " + diagnostic.where);
    return Error(std::move(located));
  }
  Graph graph = std::move(parsed).value();
  if (graph.stage < Stage::quantized)
    return Error("TC4051", path, fmt::format("a graph of stage {}, not a compressed one", to_string(graph.stage)),
                 "write it again with `tinyc compress`");
  const Status valid = verify(graph);
  if (!valid.ok())
    return Error("TC4052", path, "not a valid graph: " + valid.error().diagnostics().front().message,
                 "write it again with `tinyc compress`");
  return Model{std::move(graph), prefixes.front(), request.path};
}

}  // namespace

std::string default_prefix(const std::string& model_path) { return c_identifier(fs::path(model_path).stem().string()); }

Result<Model> load_model(const ModelRequest& request) {
  OnnxReadOptions options;
  options.dims = TINYC_TRY(parse_dims(request.dims));
  std::error_code error;
  if (fs::is_directory(request.path, error)) {
    if (!options.dims.empty())
      return Error("TC5004", "--dim", "only an ONNX model has dimensions to choose, not " + request.path);
    return load_compiled(request);
  }
  Graph graph = TINYC_TRY(read_onnx(request.path, options));
  return Model{std::move(graph), default_prefix(request.path), ""};
}

bool carries_quantization(const Graph& graph) {
  const auto& nodes = graph.nodes();
  const std::vector<ValueId> values = graph.values();
  return std::any_of(nodes.begin(), nodes.end(),
                     [&](NodeId id) {
                       const std::string_view op = graph.node(id).op().name;
                       return op == "quantize_linear" || op == "dequantize_linear";
                     }) ||
         std::any_of(values.begin(), values.end(), [&](ValueId id) { return graph.value(id).pinned().has_value(); });
}

Result<Model> load_canonical_model(const ModelRequest& request) {
  Model model = TINYC_TRY(load_model(request));
  if (model.graph.stage != Stage::imported) return model;
  const bool quantized = carries_quantization(model.graph);
  const Pipeline pipeline = TINYC_TRY(parse_pipeline(
      quantized ? "canonicalize, adopt-quantization, canonicalize" : "canonicalize", all_passes(), named_pipelines()));
  PassContext context;
  context.ops = all_ops();
  TINYC_TRY(run_pipeline(model.graph, pipeline, context));
  return model;
}

}  // namespace tinyc
