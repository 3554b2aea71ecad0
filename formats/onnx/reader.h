#pragma once
// Reads ONNX models. The file is untrusted: sizes, counts, shapes and depths are checked before anything is
// allocated for them, and nothing outside the model's own folder is opened.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "lib/ir/graph.h"
#include "lib/support/result.h"

namespace tinyc {

struct OnnxReadOptions {
  // Sizes of dynamic dimensions, by symbol ("sequence") or by input and axis ("input:1").
  std::map<std::string, std::int64_t> dims = {};
  // Graph inputs that become constants.
  std::map<std::string, Tensor> bind = {};

  std::int64_t max_file_bytes = std::int64_t{1} << 28;     // the model; external data is counted apart
  std::int64_t max_memory_bytes = std::int64_t{1} << 30;   // the parsed model; external data; each
  std::int64_t max_nodes = 100'000;                        // after functions are expanded
};

// A graph of stage imported. Values keep their names; a node without a name has that of its first output.
// Floating point of any width is computed in f32: f16, bf16 and f64 inputs and weights become f32.
// metadata: model_hash, model_opset, producer.
//
// A dynamic leading dimension that is a batch ("N", "batch...", unnamed) becomes 1; others need options.dims.
// All errors of a kind are listed: TC31xx valid but unsupported, TC41xx not a valid model, TC5030 a size for a
// dimension the model lacks, TC600x not readable, TC81xx beyond a limit.
Result<Graph> read_onnx(const std::filesystem::path& path, const OnnxReadOptions& options = {});

// The same for a model in memory; `folder` is where its external data lies.
Result<Graph> read_onnx_bytes(std::string_view bytes, const std::filesystem::path& folder,
                              const OnnxReadOptions& options = {});

// A serialized TensorProto, with the element type it has; `where` is what messages call it. TC6004.
Result<Tensor> read_tensor_pb(std::string_view bytes, const std::string& where);

}  // namespace tinyc
