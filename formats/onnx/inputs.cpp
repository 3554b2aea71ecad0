#include <algorithm>
#include <cctype>
#include <set>

#include "formats/onnx/model.h"

namespace tinyc::onnx_format {
namespace {

// Is a leading dimension of this name the number of samples?
bool is_batch(std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.empty() || name == "n" || name == "b" || name == "bs" || name == "none" || name == "?" ||
         name.starts_with("unk__") || name.find("batch") != name.npos;
}

class Resolver {
 public:
  explicit Resolver(const OnnxReadOptions& options) : options_(options) {}

  std::int64_t size_of(const onnx::TensorShapeProto::Dimension& dimension, const std::string& input, int axis) {
    if (dimension.has_dim_value() && dimension.dim_value() >= 0) return dimension.dim_value();
    const std::string position = input + ":" + std::to_string(axis);
    const std::string& symbol = dimension.dim_param();
    known_.insert(symbol.empty() ? position : symbol);
    for (const std::string& key : {position, symbol})
      if (const auto at = options_.dims.find(key); at != options_.dims.end() && !key.empty()) {
        used_.insert(key);
        return at->second;
      }
    if (axis == 0 && is_batch(symbol)) return 1;
    const std::string& key = symbol.empty() ? position : symbol;
    if (std::ranges::find(open_, key) == open_.end()) open_.push_back(key);
    return 1;
  }

  Status finish() const {
    Problems problems;
    for (const auto& [key, size] : options_.dims) {
      if (size < 1) problems.add("TC5030", "--dim", "the size of '" + key + "' must be 1 or more");
      else if (!used_.contains(key))
        problems.add("TC5030", "--dim", "the model has no dynamic dimension '" + key + "'" + names_of(known_, "; it has "));
    }
    if (open_.empty()) return problems.status();
    std::string remedy = "give each a size:";
    for (const std::string& key : open_) remedy += " --dim " + key + "=N";
    const std::set<std::string> open(open_.begin(), open_.end());
    problems.add("TC3104", "", "the shape of the model's input depends on dynamic dimensions:" + names_of(open, " "), remedy);
    return problems.status();
  }

 private:
  static std::string names_of(const std::set<std::string>& names, std::string text) {
    if (names.empty()) return {};
    for (const std::string& name : names) text += (name == *names.begin() ? "'" : ", '") + name + "'";
    return text;
  }

  const OnnxReadOptions& options_;
  std::set<std::string> known_, used_;
  std::vector<std::string> open_;  // in the order of the file
};

Result<GraphInput> resolve(const onnx::ValueInfoProto& info, Resolver& resolver) {
  const std::string& name = info.name();
  if (!info.has_type() || info.type().value_case() == onnx::TypeProto::VALUE_NOT_SET)
    return Error("TC4109", name, "the input has no type");
  if (!info.type().has_tensor_type())
    return Error("TC3106", name, "an input that is no dense tensor (a sequence, map, optional or sparse tensor) is not supported");
  const auto& tensor = info.type().tensor_type();
  GraphInput input{name, {}};
  input.type.dtype = to_compute_type(TINYC_TRY(dtype_of(tensor.elem_type(), name)));
  if (!tensor.has_shape())
    return Error("TC3104", name, "the input has no shape, not even a number of dimensions",
                 "export the model with the shapes of its inputs");
  if (tensor.shape().dim_size() > Shape::max_rank)
    return Error("TC8102", name, "the input has rank " + std::to_string(tensor.shape().dim_size()) + ", the limit is " +
                                     std::to_string(Shape::max_rank));
  std::vector<std::int64_t> sizes;
  for (int axis = 0; axis < tensor.shape().dim_size(); ++axis)
    sizes.push_back(resolver.size_of(tensor.shape().dim(axis), name, axis));
  input.type.shape = Shape(std::move(sizes));
  if (std::ranges::all_of(input.type.shape, [](std::int64_t size) { return size >= 0; }) && !input.type.shape.valid())
    return Error("TC8102", name, "the input's shape " + input.type.shape.to_string() + " is beyond tinyc's limits");
  return input;
}

}  // namespace

Result<std::vector<GraphInput>> resolve_inputs(const onnx::GraphProto& graph, const OnnxReadOptions& options) {
  std::set<std::string> constants;
  for (const auto& initializer : graph.initializer()) constants.insert(initializer.name());
  Resolver resolver(options);
  Problems problems;
  std::vector<GraphInput> inputs;
  for (const onnx::ValueInfoProto& info : graph.input()) {
    if (constants.contains(info.name())) continue;
    auto input = resolve(info, resolver);
    if (input.ok()) inputs.push_back(std::move(*input));
    else problems.add(input.error());
  }
  if (const Status dims = resolver.finish(); !dims.ok()) problems.add(dims.error());
  TINYC_TRY(problems.status());
  return inputs;
}

}  // namespace tinyc::onnx_format
