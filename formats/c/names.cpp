#include "formats/c/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include "formats/c/emit.h"
#include "lib/support/check.h"
#include "lib/support/text.h"
#include "lib/support/version.h"

namespace tinyc::c {
namespace {

constexpr std::size_t longest_layer_name = 48;

// The model's own name of a layer with what C++ reserves (double and leading underscores) taken out.
std::string layer_identifier(std::string_view name) {
  std::string id;
  for (const char c : name) {
    const bool letter = static_cast<unsigned char>(c) < 128 && std::isalnum(static_cast<unsigned char>(c));
    if (letter) id += c;
    else if (!id.empty() && id.back() != '_') id += '_';
  }
  if (id.size() > longest_layer_name) id.resize(longest_layer_name);
  while (!id.empty() && id.back() == '_') id.pop_back();
  return id.empty() ? "layer" : id;
}

// Hands out each name once: "x", "x_1", ...
class UniqueNames {
 public:
  explicit UniqueNames(std::set<std::string> reserved) : taken_(std::move(reserved)) {}
  std::string take(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 1; !taken_.insert(name).second; ++i) name = wanted + "_" + std::to_string(i);
    return name;
  }

 private:
  std::set<std::string> taken_;
};

std::set<std::string> reserved_names(const CompiledModel& model, const std::string& prefix) {
  std::set<std::string> names;
  for (const char* name : {"run", "selftest", "selftest_layer", "selftest_run", "trace", "begin", "push_row", "finish", "row", "step",
                            "selftest_begin", "selftest_push_row", "selftest_finish", "selftest_row", "selftest_step"}) names.insert(prefix + "_" + name);
  for (const char* name : {"input", "quantize_input", "output", "dequantize_output"}) {
    names.insert(prefix + "_" + name);
    for (std::size_t i = 0; i < model.graph.inputs().size() + model.graph.outputs().size(); ++i)
      names.insert(prefix + "_" + name + std::to_string(i));
  }
  return names;
}

struct LayerCall {
  const KernelCall* call;
  std::string suffix;  // of its parameters' name
};

// The layer's own calls, then those of a stream's first and last step.
std::vector<LayerCall> calls_of(const CompiledModel& model, std::size_t layer) {
  std::vector<LayerCall> calls;
  for (const KernelCall& call : model.layers[layer].calls) calls.push_back({&call, ""});
  if (const Stream* stream = model.stream_of(layer)) {
    const StreamedLayer& streamed = stream->layers[layer - stream->first];
    if (streamed.first) calls.push_back({&*streamed.first, "_first"});
    if (streamed.last) calls.push_back({&*streamed.last, "_last"});
  }
  return calls;
}

}  // namespace

Names make_names(const CompiledModel& model, const std::string& prefix) {
  Names names{prefix, upper(prefix), {}, {}, {}};
  UniqueNames unique(reserved_names(model, prefix));
  const auto name_constant = [&](ValueId value) {
    if (!value.valid()) return;
    const ValueId constant = model.is_constant(value) ? value : model.placement_of(value).constant;
    if (!constant.valid() || names.constants.contains(constant)) return;
    const Value& data = model.graph.value(constant);
    names.constants[constant] = unique.take(prefix + "_" + layer_identifier(data.name()));
    names.tables.push_back({names.constants[constant], data.name(), &data.constant()});
  };
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    auto& calls = names.calls.emplace_back();
    for (const LayerCall& call : calls_of(model, i)) {
      const std::string& layer = model.layers[i].name;
      NamedCall named{call.call, unique.take(prefix + "_" + layer_identifier(layer) + call.suffix), {}};
      if (model.stream_of(i)) unique.take(named.params + "_rows");  // the function
      for (const KernelParam& param : call.call->params) {
        const auto* table = std::get_if<Table>(&param.value);
        if (!table || table->data.elements() == 0) continue;
        if (!call.suffix.empty()) {  // bands share the tables of the layer's own call
          named.tables[param.name] = calls.front().tables.at(param.name);
          continue;
        }
        const std::string name = unique.take(named.params + "_" + param.name);
        named.tables[param.name] = name;
        names.tables.push_back({name, layer + ": " + param.name, &table->data});
      }
      calls.push_back(std::move(named));
      for (const ValueId input : call.call->inputs) name_constant(input);
    }
  }
  for (const OutputCopy& copy : model.copies) name_constant(copy.source);
  return names;
}

std::string numbered(std::string_view base, std::size_t index, std::size_t count) {
  return count == 1 ? std::string(base) : std::string(base) + std::to_string(index);
}

std::string comment_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '/' && !safe.empty() && safe.back() == '*') safe += ' ';
    if (c == '*' && !safe.empty() && safe.back() == '/') safe += ' ';
    const auto byte = static_cast<unsigned char>(c);
    safe += byte < 32 || byte > 126 || c == '\\' || c == '?' ? '.' : c;
  }
  return safe;
}

std::string c_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') quoted += '\\';
    if (byte < 32 || byte > 126 || c == '?') quoted += fmt::format("\\{:03o}", byte);
    else quoted += c;
  }
  return quoted + "\"";
}

std::string c_type(DType dtype) {
  switch (dtype) {
    case DType::boolean: case DType::u8: return "uint8_t";
    case DType::i8: return "int8_t";
    case DType::i16: return "int16_t";
    case DType::u16: return "uint16_t";
    case DType::i32: return "int32_t";
    case DType::u32: return "uint32_t";
    case DType::i64: return "int64_t";
    case DType::u64: return "uint64_t";
    case DType::f32: return "float";
    default: TINYC_CHECK(false, "a tensor of type " + std::string(to_string(dtype)) + " has no C type");
  }
}

std::string c_integer(std::int64_t value, DType dtype) {
  if (value == std::numeric_limits<std::int64_t>::min()) return "INT64_MIN";
  if (dtype == DType::u64 || dtype == DType::u32) return fmt::format("{}u", static_cast<std::uint64_t>(value));
  if (value == std::numeric_limits<std::int32_t>::min()) return "INT32_MIN";
  return std::to_string(value);
}

std::string c_float(float value) {
  if (std::isnan(value)) return "NAN";
  if (std::isinf(value)) return value > 0 ? "INFINITY" : "-INFINITY";
  std::string text = shortest(value);
  if (text.find_first_of(".e") == text.npos) text += ".0";
  return text + "f";
}

bool is_finite(const Tensor& data) {
  return data.dtype() != DType::f32 || std::ranges::all_of(data.data<float>(), [](float value) { return std::isfinite(value); });
}

std::string array_size(const Tensor& data) { return std::to_string(std::max<std::int64_t>(data.elements(), 1)); }

std::string table_values(const Tensor& data) {
  std::vector<std::string> items;
  if (data.elements() == 0) items.push_back("0");
  if (is_float(data.dtype())) {
    TINYC_CHECK(data.dtype() == DType::f32, "single precision on devices");
    for (const float value : data.data<float>()) items.push_back(c_float(value));
  } else {
    for (const std::int64_t value : data.to_integers()) items.push_back(c_integer(value, data.dtype()));
  }
  std::string text, line = "   ";
  for (const std::string& item : items) {
    if (line.size() + item.size() + 2 > 120) {
      text += line + "\n";
      line = "   ";
    }
    line += " " + item + ",";
  }
  return text + line + "\n";
}

std::string sizes_text(const Shape& shape) {
  std::vector<std::string> sizes;
  for (const std::int64_t size : shape) sizes.push_back(std::to_string(size));
  return join(sizes, ", ");
}

std::string file_comment(const CompiledModel& model, std::string_view what) {
  std::string text = fmt::format("{} {}: {}\n", c_file_mark, version(), what);
  if (!model.graph.name.empty()) text += " * model: " + comment_text(model.graph.name) + "\n";
  text += " * target: " + comment_text(model.target) + "\n";
  for (const auto& [key, value] : model.graph.metadata) text += " * " + comment_text(key) + ": " + comment_text(value) + "\n";
  return text + " */\n";
}

}  // namespace tinyc::c
