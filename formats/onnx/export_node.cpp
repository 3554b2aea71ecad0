#include "formats/onnx/export_node.h"

#include "formats/onnx/writer.h"
#include "lib/quant/clamp.h"

namespace tinyc::onnx_format {

Names NodeExport::operands() const {
  Names names;
  for (int i = 0; i < node.operand_count(); ++i) names.push_back(operand(i));
  return names;
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
  model.define(node.result_ids[static_cast<std::size_t>(result)], std::move(tensor), order);
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
