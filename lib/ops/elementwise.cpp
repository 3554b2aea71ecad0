#include "lib/ops/elementwise.h"

#include <algorithm>

#include "lib/ops/binary_int8.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {

BroadcastLoops broadcast_loops(const Shape& result, std::span<const Shape> operands) {
  TINYC_CHECK(operands.size() <= 3, "at most three operands broadcast together");
  BroadcastLoops loops;
  std::array<std::vector<std::int64_t>, 3> strides;
  for (std::size_t k = 0; k < operands.size(); ++k) strides[k] = operands[k].strides();
  for (int axis = 0; axis < result.rank(); ++axis) {
    if (result[axis] == 1) continue;
    std::array<std::int64_t, 3> stride{};
    for (std::size_t k = 0; k < operands.size(); ++k) {
      const int own = axis - (result.rank() - operands[k].rank());
      if (own >= 0 && operands[k][own] != 1) stride[k] = strides[k][static_cast<std::size_t>(own)];
    }
    bool merges = !loops.size.empty();
    for (std::size_t k = 0; k < 3 && merges; ++k) merges = loops.stride.back()[k] == stride[k] * result[axis];
    if (merges) {
      loops.size.back() *= result[axis];
      loops.stride.back() = stride;
    } else {
      loops.size.push_back(result[axis]);
      loops.stride.push_back(stride);
    }
  }
  if (loops.size.empty()) {
    loops.size.push_back(1);
    loops.stride.push_back({});
  }
  return loops;
}

bool accepts_dtype(Accepts accepts, DType dtype) {
  switch (accepts) {
    case Accepts::reals: return is_float(dtype);
    case Accepts::numbers: return dtype != DType::boolean;
    case Accepts::integers: return dtype != DType::boolean && !is_float(dtype);
    case Accepts::booleans: return dtype == DType::boolean;
    case Accepts::anything: return true;
  }
  return false;
}

void clamp_elements(const Attributes& attributes, Tensor& tensor) {
  const bool below = attributes.has("clamp_low"), above = attributes.has("clamp_high");
  if (!below && !above) return;
  visit_dtype(tensor.dtype(), [&]<class T>(T) {
    // A bound outside of T's range bounds nothing.
    const auto bound = [&](double value) {
      if constexpr (std::is_integral_v<T>) {
        if (value <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
        if (value >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
      }
      return static_cast<T>(value);
    };
    if constexpr (!std::is_same_v<T, bool>) {
      const T low = below ? bound(attributes.real("clamp_low")) : std::numeric_limits<T>::lowest();
      const T high = above ? bound(attributes.real("clamp_high")) : std::numeric_limits<T>::max();
      for (T& x : tensor.mutable_data<T>()) {
        if (below && x < low) x = low;
        if (above && x > high) x = high;
      }
    }
  });
}

Result<std::vector<Type>> infer_like_operand(const NodeView& view, Accepts accepts) {
  const Type& type = view.operand(0);
  if (!accepts_dtype(accepts, type.dtype)) return unsupported_dtype(view, type.dtype);
  return std::vector<Type>{{type.dtype, type.shape}};
}

Result<std::vector<Type>> infer_broadcast(const NodeView& view, Accepts accepts, int least, int most) {
  TINYC_TRY(check_operand_count(view, least, most));
  TINYC_TRY(check_clamp(view));
  Type type{view.operand(0).dtype, view.operand(0).shape};
  if (!accepts_dtype(accepts, type.dtype)) return unsupported_dtype(view, type.dtype);
  for (int i = 1; i < view.operand_count(); ++i) {
    if (!view.has(i)) return view.error("TC4010", std::string(view.op.name) + " lacks operand " + std::to_string(i));
    if (view.operand(i).dtype != type.dtype)
      return view.error("TC4010", std::string(view.op.name) + " of " + std::string(to_string(type.dtype)) + " and " +
                                      std::string(to_string(view.operand(i).dtype)));
    const auto shape = broadcast(type.shape, view.operand(i).shape);
    if (!shape)
      return view.error("TC4010", std::string(view.op.name) + ": the shapes " + type.shape.to_string() + " and " +
                                      view.operand(i).shape.to_string() + " do not broadcast");
    type.shape = *shape;
  }
  return std::vector<Type>{type};
}

Work work_per_element_unscaled(const NodeView& view) {
  Work work{.element_ops = view.result().shape.elements()};
  for (int i = 0; i < view.operand_count(); ++i)
    if (const Tensor* constant = view.constant(i)) work.weight_elements += constant->elements();
  return work;
}

Work work_per_element(const NodeView& view) {
  Work work = work_per_element_unscaled(view);
  if (view.result().is_quantized()) work.requantizations = work.element_ops;
  return work;
}

bool is_unary_by_constant(const NodeView& view) {
  const Tensor* constant = view.constant(1);
  return constant && constant->elements() == 1 && !view.constant(0) && view.result().shape == view.operand(0).shape;
}

namespace {

// What tinyc_unary_int and tinyc_binary_int call the operators.
struct Operation {
  std::string_view op;
  std::int64_t code;
};
constexpr Operation unary_operations[] = {{"neg", 0}, {"abs", 1}, {"sign", 2}, {"relu", 3}, {"bitwise_not", 4}, {"logical_not", 5}};
constexpr Operation binary_operations[] = {
    {"add", 0},          {"sub", 1},          {"mul", 2},      {"div", 3},         {"mod", 4},          {"max", 6},
    {"min", 7},          {"prelu", 8},        {"bitwise_and", 9}, {"logical_and", 9}, {"bitwise_or", 10}, {"logical_or", 10},
    {"bitwise_xor", 11}, {"logical_xor", 11}, {"bit_shift", 12}, {"equal", 14},     {"greater", 15},     {"greater_or_equal", 16},
    {"less", 17},        {"less_or_equal", 18}};

std::optional<std::int64_t> code_of(std::span<const Operation> operations, std::string_view op) {
  const auto at = std::ranges::find(operations, op, &Operation::op);
  return at == operations.end() ? std::nullopt : std::optional(at->code);
}

// mod is two operations, and so is bit_shift.
bool is_second_form(const NodeView& view) {
  if (view.op.name == "mod") return view.attributes.integer("fmod") != 0;
  return view.op.name == "bit_shift" && view.attributes.text("direction") == "RIGHT";
}

}  // namespace

KernelCall integer_clip_call(const NodeView& view, ValueId operand) {
  const DType dtype = view.result().dtype;
  KernelCall call{.kernel = "tinyc_clip_int", .inputs = {operand}, .outputs = view.result_ids};
  append(call, "count", view.result().shape.elements());
  append_type(call, "type", view.result());
  visit_dtype(dtype, [&]<class T>(T) {
    if constexpr (std::is_integral_v<T>) {
      const auto bound = [&](const char* name, double otherwise) {
        return Tensor::scalar(view.attributes.real_or(name, otherwise)).cast(dtype).to_integers().front();
      };
      constexpr double unbounded = std::numeric_limits<double>::infinity();
      append_table(call, "bounds", {bound("clamp_low", -unbounded), bound("clamp_high", unbounded)}, DType::i64);
    }
  });
  return call;
}

Result<std::vector<KernelCall>> lower_unary(const NodeView& view, std::span<const char* const> reals) {
  const Type& x = view.operand(0);
  const bool real = is_f32(x);
  const auto code = code_of(unary_operations, view.op.name);
  if (!real && !(is_integer(x) && code)) return no_kernel_for(view, x.dtype);
  KernelCall call = float_call(view, real ? "tinyc_" + std::string(view.op.name) + "_f32" : "tinyc_unary_int");
  append(call, "count", x.shape.elements());
  if (real) {
    for (const char* name : reals) call.params.push_back({name, static_cast<float>(view.attributes.real(name))});
  } else {
    append_type(call, "type", x);
    append(call, "operation", *code);
  }
  return std::vector{std::move(call)};
}

Result<std::vector<KernelCall>> lower_binary_float(const NodeView& view, const CoreFeatures&) {
  const Type& x = view.operand(0);
  const bool real = is_f32(x);
  const auto code = code_of(binary_operations, view.op.name);
  if (!real && !(is_integer(x) && code)) return no_kernel_for(view, x.dtype);
  KernelCall call = float_call(view, real ? "tinyc_" + std::string(view.op.name) + "_f32" : "tinyc_binary_int");
  TINYC_TRY(append_broadcast(call, view, std::array<BroadcastOperand, 2>{{{"a"}, {"b"}}}));
  const bool is_predicate = view.result().dtype == DType::boolean;
  if (real && !is_predicate) append_real_clamp(call, view.attributes);
  if (!real) {
    append(call, "operation", *code + (is_second_form(view) ? 1 : 0));
    append_type(call, "type", x);
    append_type(call, "y_type", view.result());
  }
  std::vector<KernelCall> calls{std::move(call)};
  const bool clamped = view.attributes.has("clamp_low") || view.attributes.has("clamp_high");
  if (!real && !is_predicate && clamped) calls.push_back(integer_clip_call(view, view.result_ids[0]));
  return calls;
}

Result<std::vector<ValueId>> import_unary(ImportContext& context, std::string_view op,
                                          std::initializer_list<RealAttribute> attributes) {
  TINYC_TRY(check_inputs(context, 1, 1));
  Attributes own;
  for (const RealAttribute& attribute : attributes)
    own.set(attribute.name, TINYC_TRY(real_attribute(context, attribute.name, attribute.otherwise)));
  return std::vector<ValueId>{TINYC_TRY(context.emit(op, {context.input(0)}, std::move(own)))};
}

namespace {

Result<ValueId> operand(const ImportContext& context, int i) {
  if (!context.has_input(i)) return context.invalid("input " + std::to_string(i) + " is missing");
  return context.input(i);
}

}  // namespace

Result<std::vector<ValueId>> import_binary(ImportContext& context, std::string_view op, Attributes attributes) {
  TINYC_TRY(check_inputs(context, 2, 2));
  const ValueId a = context.input(0);
  ValueId b = context.input(1);
  if (context.opset() < 7 && TINYC_TRY(integer_attribute(context, "broadcast", 0)) != 0 &&
      context.attributes().has("axis")) {
    // `axis` is where b's axes begin among a's; NumPy aligns them at the end.
    const int rank = context.input_type(0).shape.rank();
    std::vector<std::int64_t> sizes = context.input_type(1).shape.sizes();
    const auto axis = normalize_axis(TINYC_TRY(integer_attribute(context, "axis", 0)), rank);
    if (!axis || *axis + static_cast<int>(sizes.size()) > rank)
      return context.invalid("axis does not place the second input within the first");
    if (*axis + static_cast<int>(sizes.size()) < rank) {
      sizes.resize(static_cast<std::size_t>(rank - *axis), 1);
      b = TINYC_TRY(context.emit("reshape", {b}, {{"shape", sizes}}, "broadcast"));
    }
  }
  return std::vector<ValueId>{TINYC_TRY(context.emit(op, {a, b}, std::move(attributes)))};
}

Result<ValueId> import_chain(ImportContext& context, std::string_view op) {
  ValueId result = TINYC_TRY(operand(context, 0));
  for (int i = 1; i < context.input_count(); ++i)
    result = TINYC_TRY(context.emit(op, {result, TINYC_TRY(operand(context, i))}, {}, std::to_string(i)));
  return result;
}

}  // namespace tinyc::ops
