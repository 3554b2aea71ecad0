#pragma once
// The ONNX backend suite of Debian's libonnx-testdata: its tensors, and the manifests that hold what becomes of its cases.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "formats/onnx/proto.h"
#include "formats/onnx/reader.h"
#include "lib/support/files.h"
#include "lib/support/text.h"

namespace tinyc {

namespace fs = std::filesystem;

inline const fs::path suite = "/usr/share/libonnx-testdata/data";
inline const fs::path manifest_path = fs::path(TINYC_SOURCE_DIR) / "testdata" / "onnx_backend_manifest.txt";

using Data = std::vector<std::pair<std::string, Tensor>>;  // by input name

inline Result<Tensor> read_pb(const fs::path& path) {
  return read_tensor_pb(TINYC_TRY(read_file(path.string())), path.string());
}

// The test's tensors for the inputs that are no initializers.
inline Result<Data> read_inputs(const fs::path& folder, const std::string& model_bytes) {
  onnx::ModelProto model;
  TINYC_TRY(onnx_format::parse(model_bytes, std::int64_t{1} << 30, model));
  std::set<std::string> initializers;
  for (const auto& initializer : model.graph().initializer()) initializers.insert(initializer.name());
  Data data;
  for (const auto& input : model.graph().input()) {
    if (initializers.contains(input.name())) continue;
    const fs::path path = folder / ("input_" + std::to_string(data.size()) + ".pb");
    data.emplace_back(input.name(), TINYC_TRY(read_pb(path)));
  }
  return data;
}

// What is given as constants in the attempt that a manifest's "pass", "pass bound" or "pass constants" names.
inline std::map<std::string, Tensor> bound_inputs(const Data& data, std::string_view state) {
  std::map<std::string, Tensor> bound;
  for (const auto& [name, tensor] : data)
    if (state == "pass bound" ? !is_float(tensor.dtype()) : state == "pass constants" && name != data.front().first)
      bound.emplace(name, tensor);
  return bound;
}

// "name state" lines.
inline std::map<std::string, std::string> parse_manifest(const std::string& text) {
  std::map<std::string, std::string> states;
  for (const std::string& line : split(text, '\n')) {
    const auto space = line.find(' ');
    if (!line.empty() && line[0] != '#' && space != line.npos) states[line.substr(0, space)] = line.substr(space + 1);
  }
  return states;
}

}  // namespace tinyc
