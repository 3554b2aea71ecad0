// ONNX operators on quantized tensors: QLinearConv, QLinearMatMul, ConvInteger, MatMulInteger, DynamicQuantizeLinear
// and those of com.microsoft. Each becomes dequantize_linear, the float operator, quantize_linear: the graph then is
// the same as that of a model with QuantizeLinear and DequantizeLinear nodes.

#include "lib/ops/linear_quantization.h"
#include "lib/ops/ops.h"

namespace tinyc::ops {
namespace {

// The float operator inside a quantized one, to its importer. Operators of ai.onnx are imported with the semantics of
// `opset`.
class FloatPart final : public ImportContext {
 public:
  FloatPart(ImportContext& outer, std::vector<ValueId> inputs, Attributes attributes, int opset)
      : outer_(outer), inputs_(std::move(inputs)), attributes_(std::move(attributes)), opset_(opset) {
    while (!inputs_.empty() && !inputs_.back().valid()) inputs_.pop_back();
  }
  std::string_view name() const override { return outer_.name(); }
  std::string_view op_type() const override { return outer_.op_type(); }
  int opset() const override { return opset_; }
  const Attributes& attributes() const override { return attributes_; }
  int input_count() const override { return static_cast<int>(inputs_.size()); }
  bool has_input(int i) const override { return i < input_count() && inputs_[static_cast<std::size_t>(i)].valid(); }
  ValueId input(int i) const override { return inputs_[static_cast<std::size_t>(i)]; }
  int output_count() const override { return 1; }
  Graph& graph() override { return outer_.graph(); }
  Result<std::vector<ValueId>> emit_all(std::string_view op, std::vector<ValueId> operands, Attributes attributes,
                                        std::string_view suffix) override {
    return outer_.emit_all(op, std::move(operands), std::move(attributes), "float" + std::string(suffix));
  }

 private:
  ImportContext& outer_;
  std::vector<ValueId> inputs_;
  Attributes attributes_;
  int opset_;
};

Result<ValueId> emit_float(ImportContext& context, std::string_view op_type, std::vector<ValueId> inputs,
                           Attributes attributes, int opset) {
  const OnnxImport* import = find_onnx_import("", op_type);
  TINYC_CHECK(import != nullptr, "the float operator is registered");
  FloatPart part(context, std::move(inputs), std::move(attributes), opset);
  return TINYC_TRY(import->import(part)).front();
}

// The semantics of float operators inside those of com.microsoft.
constexpr int inner_opset = 13;

ValueId optional_input(const ImportContext& context, int i) {
  return context.has_input(i) ? context.input(i) : ValueId{};
}

// Parameters given as two neighbouring inputs.
LinearOperands parameters_at(const ImportContext& context, int i, std::int64_t axis = 0) {
  return {context.input(i), optional_input(context, i + 1), axis};
}

Result<ValueId> dequantized_input(ImportContext& context, int x, int parameters, std::int64_t axis = 0) {
  return emit_dequantized(context, context.input(x), parameters_at(context, parameters, axis), "x" + std::to_string(x));
}

Result<std::vector<ValueId>> quantized_result(ImportContext& context, ValueId real, int parameters,
                                              std::int64_t axis = 0) {
  return std::vector{TINYC_TRY(emit_quantized(context, real, parameters_at(context, parameters, axis), DType::u8))};
}

// TC4001 unless these inputs are there.
Status check_present(const ImportContext& context, std::initializer_list<int> inputs, int most) {
  TINYC_TRY(check_inputs(context, 0, most));
  for (const int i : inputs)
    if (!context.has_input(i)) return context.invalid("input " + std::to_string(i) + " is missing");
  return {};
}

// The int32 bias of a layer in steps of the scale of its input times that of its weights, times `factor`.
Result<ValueId> dequantized_bias(ImportContext& context, ValueId bias, ValueId input_scale, ValueId weight_scale,
                                 double factor = 1) {
  if (context.value(bias).type().dtype != DType::i32) return context.invalid("the bias is not int32");
  ValueId scale = TINYC_TRY(context.emit("mul", {input_scale, weight_scale}, {}, "bias_scale"));
  if (factor != 1) {
    const ValueId constant = context.constant("alpha", Tensor::scalar(static_cast<float>(factor)));
    scale = TINYC_TRY(context.emit("mul", {scale, constant}, {}, "bias_scale"));
  }
  const auto known = constant_behind(context.graph(), scale);
  if (known && known->elements() == 1) scale = context.constant("bias_scale", known->reshaped(Shape{}));
  else if (known) scale = context.constant("bias_scale", *known);
  const Shape shape = context.value(bias).type().shape;
  const std::int64_t axis = shape.rank() - 1;
  return emit_dequantized(context, bias, {scale, {}, axis}, "bias");
}

// x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, bias
Result<std::vector<ValueId>> import_conv(ImportContext& context) {
  TINYC_TRY(check_present(context, {0, 1, 3, 4, 6}, 9));
  std::vector<ValueId> inputs{TINYC_TRY(dequantized_input(context, 0, 1))};
  inputs.push_back(TINYC_TRY(dequantized_input(context, 3, 4)));
  if (context.has_input(8))
    inputs.push_back(TINYC_TRY(dequantized_bias(context, context.input(8), context.input(1), context.input(4))));
  const ValueId y = TINYC_TRY(emit_float(context, "Conv", std::move(inputs), context.attributes(), context.opset()));
  return quantized_result(context, y, 6, 1);
}

// a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point
Result<std::vector<ValueId>> import_matmul(ImportContext& context) {
  TINYC_TRY(check_present(context, {0, 1, 3, 4, 6}, 8));
  const std::int64_t rows = context.input_type(0).shape.rank() - 2, columns = context.input_type(3).shape.rank() - 1;
  std::vector<ValueId> inputs{TINYC_TRY(dequantized_input(context, 0, 1, rows))};
  inputs.push_back(TINYC_TRY(dequantized_input(context, 3, 4, columns)));
  const ValueId y = TINYC_TRY(emit_float(context, "MatMul", std::move(inputs), {}, inner_opset));
  return quantized_result(context, y, 6, context.value(y).type().shape.rank() - 1);
}

// x - zero_point as reals; the zero point of b in a * b may be one per column, that of a one per row.
Result<ValueId> without_zero_point(ImportContext& context, int x, int zero_point, std::int64_t axis) {
  const LinearOperands parameters{context.constant("one", Tensor::scalar(1.0f)), optional_input(context, zero_point),
                                  axis};
  return emit_dequantized(context, context.input(x), parameters, "x" + std::to_string(x));
}

// The scale in whose steps a quantize_linear made x, with the same zero point; invalid when there is none. In these
// steps x stands for the values that were quantized.
ValueId scale_behind(ImportContext& context, int x, int zero_point) {
  const NodeId producer = context.value(context.input(x)).producer();
  if (!producer.valid() || context.graph().node(producer).op().name != "quantize_linear") return {};
  const std::vector<ValueId>& operands = context.graph().node(producer).operands();
  const ValueId own = optional_input(context, zero_point);
  const Value& scale = context.value(operands[1]);
  if (scale.type().shape.elements() != 1 || !own.valid()) return {};
  if (own == operands[2]) return operands[1];
  const auto a = constant_behind(context.graph(), own), b = constant_behind(context.graph(), operands[2]);
  return a && b && a->to_doubles() == b->to_doubles() ? operands[1] : ValueId{};
}

// The product of two integer tensors in int32. What it adds up stays exact in float32 below 2^24.
Result<std::vector<ValueId>> import_integer(ImportContext& context, std::string_view op_type, std::int64_t a_axis,
                                            std::int64_t b_axis, Attributes attributes) {
  const Attributes whole{{"to", std::string("i32")}, {"whole", std::int64_t{1}}};
  const ValueId scale = scale_behind(context, 0, 2);
  std::vector<ValueId> inputs;
  if (scale.valid())
    inputs.push_back(TINYC_TRY(emit_dequantized(context, context.input(0), {scale, context.input(2), 0}, "x0")));
  else inputs.push_back(TINYC_TRY(without_zero_point(context, 0, 2, a_axis)));
  inputs.push_back(TINYC_TRY(without_zero_point(context, 1, 3, b_axis)));
  ValueId y = TINYC_TRY(emit_float(context, op_type, std::move(inputs), std::move(attributes), inner_opset));
  if (!scale.valid()) return context.emit_all("cast", {y}, whole);
  if (const auto known = constant_behind(context.graph(), scale)) {
    const ValueId factor = context.constant("per_step", Tensor::scalar(1 / known->data<float>()[0]));
    y = TINYC_TRY(context.emit("mul", {y, factor}, {}, "steps"));
  } else {
    y = TINYC_TRY(context.emit("div", {y, scale}, {}, "steps"));
  }
  y = TINYC_TRY(context.emit("round", {y}, {}, "whole"));
  return context.emit_all("cast", {y}, whole);
}

Result<std::vector<ValueId>> import_conv_integer(ImportContext& context) {
  TINYC_TRY(check_present(context, {0, 1}, 4));
  return import_integer(context, "Conv", 0, 0, context.attributes());
}

Result<std::vector<ValueId>> import_matmul_integer(ImportContext& context) {
  TINYC_TRY(check_present(context, {0, 1}, 4));
  return import_integer(context, "MatMul", context.input_type(0).shape.rank() - 2,
                        context.input_type(1).shape.rank() - 1, {});
}

// x -> y as uint8, the scale and the zero point that cover the range of x and 0.
Result<std::vector<ValueId>> import_dynamic(ImportContext& context) {
  TINYC_TRY(check_present(context, {0}, 1));
  const ValueId x = context.input(0), zero = context.constant("zero", Tensor::scalar(0.0f));
  std::vector<std::int64_t> axes;
  for (int i = 0; i < context.input_type(0).shape.rank(); ++i) axes.push_back(i);
  const Attributes all{{"axes", axes}, {"keepdims", std::int64_t{0}}};
  ValueId low = TINYC_TRY(context.emit("reduce_min", {x}, all, "low")),
          high = TINYC_TRY(context.emit("reduce_max", {x}, all, "high"));
  low = TINYC_TRY(context.emit("min", {low, zero}, {}, "low"));
  high = TINYC_TRY(context.emit("max", {high, zero}, {}, "high"));
  const ValueId span = TINYC_TRY(context.emit("sub", {high, low}, {}, "span"));
  const ValueId steps = context.constant("steps", Tensor::scalar(255.0f));
  const ValueId scale = TINYC_TRY(context.emit("div", {span, steps}, {}, "scale"));
  ValueId zero_point = TINYC_TRY(context.emit("div", {low, scale}, {}, "zero_point"));
  zero_point = TINYC_TRY(context.emit("neg", {zero_point}, {}, "zero_point"));
  zero_point = TINYC_TRY(context.emit("round", {zero_point}, {}, "zero_point"));
  zero_point = TINYC_TRY(context.emit("clip", {zero_point}, {{"clamp_low", 0.0}, {"clamp_high", 255.0}}, "zero_point"));
  zero_point = TINYC_TRY(context.emit("cast", {zero_point}, {{"to", std::string("u8")}}, "zero_point"));
  const ValueId y = TINYC_TRY(emit_quantized(context, x, {scale, zero_point, 0}));
  return std::vector{y, scale, zero_point};
}

// --- com.microsoft

// a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point
Result<std::vector<ValueId>> import_binary(ImportContext& context, std::string_view op_type) {
  TINYC_TRY(check_present(context, {0, 1, 3, 4, 6}, 8));
  std::vector<ValueId> inputs{TINYC_TRY(dequantized_input(context, 0, 1))};
  inputs.push_back(TINYC_TRY(dequantized_input(context, 3, 4)));
  return quantized_result(context, TINYC_TRY(emit_float(context, op_type, std::move(inputs), {}, inner_opset)), 6);
}

// x, x_scale, x_zero_point, y_scale, y_zero_point
Result<std::vector<ValueId>> import_unary(ImportContext& context, std::string_view op_type) {
  TINYC_TRY(check_present(context, {0, 1, 3}, 5));
  Attributes attributes = context.attributes();
  if (TINYC_TRY(integer_attribute(context, "channels_last", 0)) != 0)
    return context.unsupported("channels_last", "export the model channels-first");
  const std::int64_t opset = TINYC_TRY(integer_attribute(context, "opset", inner_opset));
  attributes.erase("channels_last");
  attributes.erase("opset");
  std::vector<ValueId> inputs{TINYC_TRY(dequantized_input(context, 0, 1))};
  const ValueId y = TINYC_TRY(
      emit_float(context, op_type, std::move(inputs), std::move(attributes), opset < inner_opset ? 12 : inner_opset));
  return quantized_result(context, y, 3);
}

// y_scale, y_zero_point, then x, x_scale, x_zero_point for each part
Result<std::vector<ValueId>> import_concat(ImportContext& context) {
  const int parts = (context.input_count() - 2 + 2) / 3;
  if (parts < 1 || !context.has_input(0)) return context.invalid("has no parts");
  std::vector<ValueId> inputs;
  for (int i = 2; i < context.input_count(); i += 3) {
    if (!context.has_input(i) || !context.has_input(i + 1)) return context.invalid("a part without its scale");
    inputs.push_back(TINYC_TRY(dequantized_input(context, i, i + 1)));
  }
  return quantized_result(
      context, TINYC_TRY(emit_float(context, "Concat", std::move(inputs), context.attributes(), inner_opset)), 0);
}

// a, a_scale, a_zero_point, b, b_scale, b_zero_point, c, y_scale, y_zero_point; a float result without y_scale
Result<std::vector<ValueId>> import_gemm(ImportContext& context) {
  TINYC_TRY(check_present(context, {0, 1, 3, 4}, 9));
  const double alpha = TINYC_TRY(real_attribute(context, "alpha", 1.0));
  const std::int64_t outputs_axis = TINYC_TRY(integer_attribute(context, "transB", 0)) != 0 ? 0 : 1;
  std::vector<ValueId> inputs{TINYC_TRY(dequantized_input(context, 0, 1))};
  inputs.push_back(TINYC_TRY(dequantized_input(context, 3, 4, outputs_axis)));
  if (context.has_input(6))
    inputs.push_back(TINYC_TRY(dequantized_bias(context, context.input(6), context.input(1), context.input(4), alpha)));
  const ValueId y = TINYC_TRY(emit_float(context, "Gemm", std::move(inputs), context.attributes(), inner_opset));
  if (!context.has_input(7)) return std::vector{y};
  return quantized_result(context, y, 7);
}

}  // namespace

const std::vector<OnnxImport>& qlinear() {
  constexpr std::string_view microsoft = "com.microsoft";
  static const std::vector<OnnxImport> imports{
      {"QLinearConv", import_conv},
      {"QLinearMatMul", import_matmul},
      {"ConvInteger", import_conv_integer},
      {"MatMulInteger", import_matmul_integer},
      {"DynamicQuantizeLinear", import_dynamic},
      {"QLinearAdd", [](ImportContext& context) { return import_binary(context, "Add"); }, microsoft},
      {"QLinearMul", [](ImportContext& context) { return import_binary(context, "Mul"); }, microsoft},
      {"QLinearAveragePool", [](ImportContext& context) { return import_unary(context, "AveragePool"); }, microsoft},
      {"QLinearGlobalAveragePool", [](ImportContext& context) { return import_unary(context, "GlobalAveragePool"); },
       microsoft},
      {"QLinearSigmoid", [](ImportContext& context) { return import_unary(context, "Sigmoid"); }, microsoft},
      {"QLinearLeakyRelu", [](ImportContext& context) { return import_unary(context, "LeakyRelu"); }, microsoft},
      {"QLinearSoftmax", [](ImportContext& context) { return import_unary(context, "Softmax"); }, microsoft},
      {"QLinearReduceMean", [](ImportContext& context) { return import_unary(context, "ReduceMean"); }, microsoft},
      {"QLinearConcat", import_concat, microsoft},
      {"QGemm", import_gemm, microsoft}};
  return imports;
}

}  // namespace tinyc::ops
