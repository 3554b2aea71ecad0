#include "formats/onnx/export_node.h"

#include <cmath>

#include "formats/onnx/writer.h"
#include "lib/quant/clamp.h"
#include "lib/quant/requantize.h"

namespace tinyc::onnx_format {

Names NodeExport::operands() const {
  Names names;
  for (int i = 0; i < node.operand_count(); ++i) names.push_back(operand(i));
  return names;
}

bool NodeExport::is_int8() const {
  const auto plain = [](const Type& type) {
    return type.dtype == DType::i8 && type.quantization && type.quantization->is_per_tensor();
  };
  for (int i = 0; i < node.operand_count(); ++i)
    if (node.has(i) && !plain(node.operand(i))) return false;
  return plain(node.result());
}

std::string NodeExport::rescaled(int i, const Order& order, double factor) const {
  if (!node.operand(i).is_quantized()) return operand(i, order);
  const double scale = node.operand(i).quantization->scale.front();
  return model.rescaled(id(i), order, {static_cast<float>(scale * factor)});
}

double rounding_factor(double ratio) {
  if (!(ratio > 0 && ratio < saturating_ratio)) return 1;
  const Requantizer rounded = make_requantizer(ratio);
  return rounded.multiplier == 0 ? 1 : std::ldexp(rounded.multiplier, rounded.left_shift - 32) / ratio;
}

double mean_factor(const NodeExport& e, std::int64_t count) {
  return e.is_int8() ? rounding_factor(e.scale(0) / (e.result_scale() * static_cast<double>(count))) : 1;
}

std::string NodeExport::number(std::string_view what, double value) {
  const Type& type = node.operand(0);
  return model.initializer(name(what), Tensor::scalar(value).cast(type.is_quantized() ? DType::f32 : type.dtype));
}

std::string NodeExport::clamped(std::string tensor) {
  bool low = node.attributes.has("clamp_low"), high = node.attributes.has("clamp_high");
  if (const auto& stored = node.result().quantization; stored && node.result().dtype == DType::i8) {
    const ClampBounds bounds = clamp_bounds(node.attributes, *stored);
    low = low && bounds.low > ClampBounds{}.low;
    high = high && bounds.high < ClampBounds{}.high;
  }
  if (!low && !high) return tensor;
  if (!high && node.attributes.real("clamp_low") == 0) return emit("Relu", {tensor});
  Names inputs{tensor, "", ""};
  if (low) inputs[1] = number("low", node.attributes.real("clamp_low"));
  if (high) inputs[2] = number("high", node.attributes.real("clamp_high"));
  else inputs.pop_back();
  return emit("Clip", inputs);
}

Status NodeExport::define(std::string tensor, const Order& order, int result) {
  if (result == 0) tensor = clamped(std::move(tensor));
  model.define(node.result_ids[static_cast<std::size_t>(result)], tensor, order);
  return {};
}

Attributes NodeExport::attributes() const {
  Attributes attributes = node.attributes;
  attributes.erase("clamp_low");
  attributes.erase("clamp_high");
  return attributes;
}

Error NodeExport::unsupported(std::string_view why) const {
  return node.error("TC3110", std::string(node.op.name) + " has no form in ONNX opset " + std::to_string(written_opset) + ": " + std::string(why),
                    "leave --save-onnx out");
}

}  // namespace tinyc::onnx_format
