#pragma once
// Datasets from the files users have: .npy, .npz, or a folder of .npy, .pb and raw tensors, one sample each.
//
// TC6030 the arrays do not fit the model's inputs, TC6031 a sample with NaN, infinity or a value the input cannot
// hold, TC6032 no samples, TC6033 labels that are none.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/npy/npy.h"
#include "lib/data/dataset.h"

namespace tinyc {

enum class DataLayout { nchw, nhwc };
std::optional<DataLayout> parse_data_layout(std::string_view text);

struct DataOptions {
  double scale = 1, offset = 0;      // the model is fed x * scale + offset
  std::optional<DataLayout> layout = {};  // of the file's samples; transposed when the model's input has the other one
  bool stored_integers = false;      // int8 arrays are the stored integers of quantized inputs, taken as they are
};

// One array per graph input, N samples along the first axis of each. A sample has the input's shape but for unit
// dimensions, or is exactly flat. Arrays belong to inputs by name, or, when there is one of each, anyway. Real
// values are quantized for an input that is. `where` is what messages call the data.
Result<std::unique_ptr<Dataset>> array_dataset(const Graph& graph, std::vector<NamedArray> arrays,
                                               const DataOptions& options, const std::string& where);

// Reads a serialized ONNX TensorProto; another reader of formats/ provides it.
using PbReader = std::function<Result<Tensor>(std::string_view bytes, const std::string& where)>;

// A file, or a folder whose .npy, .pb, .bin and .raw files, sorted by name, are one sample each of a model with one
// input. A .bin or .raw file holds little-endian float32 when its size is four bytes per element of the input, and
// one byte per element (uint8; int8 when the input is int8) when it is that.
Result<std::unique_ptr<Dataset>> read_dataset(const Graph& graph, const std::string& path, const DataOptions& options,
                                              const PbReader& read_pb = {});

// Class indices, one per sample: integers of shape [N] or [N,1].
Result<std::vector<std::int64_t>> read_labels(const std::string& path);

}  // namespace tinyc
