#include "formats/npy/dataset.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include "formats/npy/sample_shape.h"
#include "lib/quant/affine.h"
#include "lib/support/files.h"

namespace tinyc {
namespace {

// The samples of one graph input.
struct Feed {
  Type type;
  std::string name;
  Tensor array;  // [N, sample...]
  SampleFit fit;
  std::optional<DType> stored;  // the integers that the model, quantized when it was imported, takes
};

template <class T>
void feed_elements(std::span<const T> from, double scale, double offset, std::span<float> to) {
  for (std::size_t i = 0; i < from.size(); ++i)
    to[i] = static_cast<float>(static_cast<double>(from[i]) * scale + offset);
}

// Sample `index` of an array as it lies in the file.
Tensor slice(const Tensor& array, std::int64_t index) {
  Shape shape(std::vector<std::int64_t>(array.shape().begin() + 1, array.shape().end()));
  const std::size_t bytes = static_cast<std::size_t>(shape.elements()) * size_of(array.dtype());
  const auto from = array.bytes().subspan(static_cast<std::size_t>(index) * bytes, bytes);
  return Tensor(array.dtype(), std::move(shape), {from.begin(), from.end()});
}

Tensor to_floats(const Tensor& tensor, double scale, double offset) {
  Tensor result(DType::f32, tensor.shape());
  const auto out = result.mutable_data<float>();
  switch (tensor.dtype()) {
    case DType::u8: feed_elements(tensor.data<std::uint8_t>(), scale, offset, out); break;
    case DType::f32: feed_elements(tensor.data<float>(), scale, offset, out); break;
    default: feed_elements<double>(tensor.to_doubles(), scale, offset, out);
  }
  return result;
}

class ArrayDataset final : public Dataset {
 public:
  ArrayDataset(std::vector<Feed> feeds, const DataOptions& options) : feeds_(std::move(feeds)), options_(options) {}
  std::int64_t size() const override { return feeds_.front().array.shape()[0]; }
  std::vector<Tensor> sample(std::int64_t index) const override {
    TINYC_CHECK(index >= 0 && index < size(), "a sample within the dataset");
    std::vector<Tensor> tensors;
    for (const Feed& feed : feeds_) tensors.push_back(convert(feed, arrange_sample(slice(feed.array, index), feed.fit)));
    return tensors;
  }

  // The first sample that has no value in its input's type.
  Status check(const std::string& where) const {
    for (const Feed& feed : feeds_) {
      if (options_.stored_integers && feed.type.is_quantized()) continue;
      for (std::int64_t index = 0; index < size(); ++index) TINYC_TRY(check_sample(feed, index, where));
    }
    return {};
  }

 private:
  Tensor convert(const Feed& feed, Tensor sample) const {
    sample = sample.reshaped(feed.type.shape);
    if (feed.stored && !options_.stored_integers) return stored_tensor(sample.cast(*feed.stored), feed.type);
    if (feed.type.is_quantized())
      return options_.stored_integers ? sample
                                      : quantize_tensor(to_floats(sample, options_.scale, options_.offset), feed.type);
    if (is_float(feed.type.dtype)) return to_floats(sample, options_.scale, options_.offset).cast(feed.type.dtype);
    return sample.cast(feed.type.dtype);
  }

  Status check_sample(const Feed& feed, std::int64_t index, const std::string& where) const {
    const Tensor raw = slice(feed.array, index);
    const bool real = !feed.stored && (feed.type.is_quantized() || is_float(feed.type.dtype));
    const DType integer = feed.stored.value_or(feed.type.dtype);
    const Tensor fed = real ? to_floats(raw, options_.scale, options_.offset) : raw.cast(integer);
    const std::vector<double> wanted = real ? std::vector<double>() : raw.to_doubles();
    const std::vector<double> got = real ? std::vector<double>() : fed.to_doubles();
    const auto floats = real ? fed.data<float>() : std::span<const float>();
    const auto count = static_cast<std::size_t>(fed.elements());
    for (std::size_t i = 0; i < count; ++i) {
      const bool good = real ? std::isfinite(floats[i]) : wanted[i] == got[i];
      if (good) continue;
      const std::string what = !real ? "a value that is no " + std::string(to_string(integer))
                               : std::isnan(floats[i]) ? "NaN" : "an infinite value";
      return Error("TC6031", where, "sample " + std::to_string(index) + " has " + what + " at element " +
                                        std::to_string(i) + (feeds_.size() > 1 ? " of '" + feed.name + "'" : ""),
                   "remove or repair the sample");
    }
    return {};
  }

  std::vector<Feed> feeds_;
  DataOptions options_;
};

std::string names_of(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

// The arrays in the order of the graph's inputs.
Result<std::vector<NamedArray>> assign(const Graph& graph, std::vector<NamedArray> arrays, const std::string& where) {
  std::vector<std::string> inputs, given;
  for (const ValueId id : graph.inputs()) inputs.push_back(graph.value(id).name());
  for (const NamedArray& array : arrays) given.push_back(array.name);
  if (inputs.size() == 1 && arrays.size() == 1) return arrays;
  std::vector<NamedArray> ordered;
  for (const std::string& input : inputs) {
    const auto at = std::find(given.begin(), given.end(), input);
    if (at != given.end()) ordered.push_back(arrays[static_cast<std::size_t>(at - given.begin())]);
  }
  if (ordered.size() == inputs.size() && ordered.size() == arrays.size()) return ordered;
  return Error("TC6030", where,
               "the model has the inputs " + names_of(inputs) + ", the data have " +
                   (given.size() == 1 && given[0].empty() ? "one array without a name" : "the arrays " + names_of(given)),
               "save a .npz with one array per input, each under the input's name");
}

}  // namespace

std::optional<DataLayout> parse_data_layout(std::string_view text) {
  if (text == "nchw") return DataLayout::nchw;
  if (text == "nhwc") return DataLayout::nhwc;
  return std::nullopt;
}

Result<std::unique_ptr<Dataset>> array_dataset(const Graph& graph, std::vector<NamedArray> arrays,
                                               const DataOptions& options, const std::string& where) {
  TINYC_CHECK(std::isfinite(options.scale) && std::isfinite(options.offset), "scale and offset are finite");
  arrays = TINYC_TRY(assign(graph, std::move(arrays), where));
  std::vector<Feed> feeds;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const Value& input = graph.value(graph.inputs()[i]);
    const std::string name = arrays.size() > 1 ? where + ":" + arrays[i].name : where;
    const Tensor& array = arrays[i].tensor;
    if (array.shape().rank() == 0 || array.shape()[0] == 0)
      return Error("TC6032", name, "has no samples: its shape is " + array.shape().to_string(),
                   "save N samples as an array of shape N x " + input.type().shape.to_string());
    if (array.shape()[0] != arrays[0].tensor.shape()[0])
      return Error("TC6030", name, "has " + std::to_string(array.shape()[0]) + " samples, '" + arrays[0].name +
                                       "' has " + std::to_string(arrays[0].tensor.shape()[0]));
    if (options.stored_integers && input.type().is_quantized() && array.dtype() != input.type().dtype)
      return Error("TC6030", name, "holds " + std::string(to_string(array.dtype())) + ", the stored integers of input '" +
                                       input.name() + "' are " + std::string(to_string(input.type().dtype)));
    const SampleFit fit = TINYC_TRY(fit_sample(array.shape(), input.type().shape, options.layout, name, input.name()));
    const auto stored = graph.metadata.find("stored_input " + input.name());
    feeds.push_back({input.type(), input.name(), array, fit,
                     stored == graph.metadata.end() ? std::nullopt : parse_dtype(stored->second)});
  }
  auto dataset = std::make_unique<ArrayDataset>(std::move(feeds), options);
  TINYC_TRY(dataset->check(where));
  return std::unique_ptr<Dataset>(std::move(dataset));
}

namespace {

Result<Tensor> raw_tensor(std::string_view bytes, const Type& type, const std::string& where) {
  const auto elements = static_cast<std::size_t>(type.shape.elements());
  const DType byte = type.dtype == DType::i8 ? DType::i8 : DType::u8;
  if (bytes.size() != elements && bytes.size() != 4 * elements)
    return Error("TC6030", where, "has " + std::to_string(bytes.size()) + " bytes, the model's input " +
                                      type.shape.to_string() + " is " + std::to_string(4 * elements) +
                                      " as float32 and " + std::to_string(elements) + " as 8-bit integers");
  std::vector<std::byte> data(bytes.size());
  std::memcpy(data.data(), bytes.data(), bytes.size());
  return Tensor(bytes.size() == elements ? byte : DType::f32, type.shape, std::move(data));
}

Result<Tensor> read_sample(const std::filesystem::path& path, const Type& type, const DataOptions& options,
                           const PbReader& read_pb) {
  const std::string where = path.string(), extension = path.extension().string();
  const bool raw = extension == ".bin" || extension == ".raw";
  if (!raw && extension != ".npy" && !(extension == ".pb" && read_pb))
    return Error("TC6030", where, "is not a .npy, .pb, .bin or .raw file", "keep only samples in the folder");
  if (raw && options.layout)
    return Error("TC6030", where, "a raw file has no shape that --data-layout could transpose",
                 "save the samples as .npy");
  const std::string bytes = TINYC_TRY(read_file(where));
  if (raw) return raw_tensor(bytes, type, where);
  return extension == ".npy" ? parse_npy(bytes, where) : read_pb(bytes, where);
}

// The samples of a folder as one array.
Result<Tensor> read_folder(const std::string& path, const Type& type, const DataOptions& options,
                           const PbReader& read_pb) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error))
    if (!entry.path().filename().string().starts_with(".")) files.push_back(entry.path());
  if (error) return Error("TC6001", path, "cannot read: " + error.message());
  if (files.empty()) return Error("TC6032", path, "the folder has no samples");
  std::sort(files.begin(), files.end());

  std::optional<Tensor> first;
  std::vector<std::byte> all;
  for (const auto& file : files) {
    const Tensor sample = TINYC_TRY(read_sample(file, type, options, read_pb));
    if (!first) first = sample;
    if (sample.dtype() != first->dtype() || sample.shape() != first->shape())
      return Error("TC6030", file.string(),
                   "is " + Type{sample.dtype(), sample.shape()}.to_string() + ", the first sample of the folder is " +
                       Type{first->dtype(), first->shape()}.to_string());
    if (static_cast<std::int64_t>(all.size() + sample.bytes().size()) > max_file_bytes)
      return Error("TC8003", path, "has more than " + std::to_string(max_file_bytes) + " bytes of samples, tinyc's limit");
    all.insert(all.end(), sample.bytes().begin(), sample.bytes().end());
  }
  std::vector<std::int64_t> sizes = first->shape().sizes();
  sizes.insert(sizes.begin(), static_cast<std::int64_t>(files.size()));
  const Shape shape(std::move(sizes));
  if (!shape.valid()) return Error("TC8003", path, "has samples of rank " + std::to_string(first->shape().rank()));
  return Tensor(first->dtype(), shape, std::move(all));
}

}  // namespace

Result<std::unique_ptr<Dataset>> read_dataset(const Graph& graph, const std::string& path, const DataOptions& options,
                                              const PbReader& read_pb) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    const std::string bytes = TINYC_TRY(read_file(path));
    return array_dataset(graph, TINYC_TRY(parse_arrays(bytes, path)), options, path);
  }
  if (graph.inputs().size() != 1)
    return Error("TC6030", path, "a folder of samples serves a model with one input, this one has " +
                                     std::to_string(graph.inputs().size()),
                 "save a .npz with one array per input, each under the input's name");
  const Type& type = graph.value(graph.inputs()[0]).type();
  Tensor samples = TINYC_TRY(read_folder(path, type, options, read_pb));
  return array_dataset(graph, {{"", std::move(samples)}}, options, path);
}

Result<std::vector<std::int64_t>> read_labels(const std::string& path) {
  const std::string bytes = TINYC_TRY(read_file(path));
  const Tensor labels = TINYC_TRY(parse_npy(bytes, path));
  const Shape& shape = labels.shape();
  const bool flat = shape.rank() == 1 || (shape.rank() == 2 && shape[1] == 1);
  if (!flat || is_float(labels.dtype()) || labels.dtype() == DType::boolean)
    return Error("TC6033", path, "labels are integers of shape [N], this is " +
                                     Type{labels.dtype(), shape}.to_string());
  return labels.to_integers();
}

}  // namespace tinyc
