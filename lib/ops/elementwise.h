#pragma once
// What the element-by-element operators share: broadcasting iteration, evaluation over element types, and
// makers of the OpDef of a unary or binary operator from its scalar function.
//
// A scalar function is a struct, made from the node's attributes, with
//   static constexpr Accepts accepts = ...;
//   static constexpr std::array reals{"alpha"};    names of real attributes, if there are any
//   explicit Fn(const Attributes&);
//   T operator()(T x) const, or (T x, T y)      (T = double for f32 and f64 where accepts is `reals`)

#include <array>
#include <cmath>
#include <concepts>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "lib/ir/op_def.h"
#include "lib/ops/checks.h"

namespace tinyc::ops {

// --- iteration --------------------------------------------------------------------------------------

// The loops that compute a broadcast result in row-major order: axes of size 1 are dropped and neighbours
// merged where every operand allows. There is always at least one axis; at most three operands.
struct BroadcastLoops {
  std::vector<std::int64_t> size;
  std::vector<std::array<std::int64_t, 3>> stride;  // per axis, of each operand, in elements; 0: repeated
};
BroadcastLoops broadcast_loops(const Shape& result, std::span<const Shape> operands);

// Calls f(first, n, operand_first) for each run along the last axis: the result's elements first..first+n-1
// come from operand elements operand_first[k] + i * stride.back()[k].
template <class F>
void for_each_run(const BroadcastLoops& loops, F f) {
  const std::size_t outer = loops.size.size() - 1;
  const std::int64_t n = loops.size.back();
  std::int64_t runs = 1;
  for (std::size_t axis = 0; axis < outer; ++axis) runs *= loops.size[axis];
  if (n == 0) return;
  std::vector<std::int64_t> index(outer, 0);
  std::array<std::int64_t, 3> at{};
  for (std::int64_t run = 0; run < runs; ++run) {
    f(run * n, n, at);
    for (std::size_t axis = outer; axis-- > 0;) {
      const bool carry = ++index[axis] == loops.size[axis];
      const std::int64_t steps = carry ? 1 - loops.size[axis] : 1;
      for (std::size_t k = 0; k < 3; ++k) at[k] += steps * loops.stride[axis][k];
      if (!carry) break;
      index[axis] = 0;
    }
  }
}

// out[i] = f(a[..], b[..]) over broadcast shapes.
template <class A, class B, class R, class F>
void apply_binary(const Shape& a_shape, std::span<const A> a, const Shape& b_shape, std::span<const B> b,
                  const Shape& shape, std::span<R> out, F f) {
  const std::array<Shape, 2> shapes{a_shape, b_shape};
  const BroadcastLoops loops = broadcast_loops(shape, shapes);
  const auto stride = loops.stride.back();
  for_each_run(loops, [&](std::int64_t first, std::int64_t n, const std::array<std::int64_t, 3>& at) {
    R* r = out.data() + first;
    const A* x = a.data() + at[0];
    const B* y = b.data() + at[1];
    if (stride[0] == 1 && stride[1] == 1) {
      for (std::int64_t i = 0; i < n; ++i) r[i] = static_cast<R>(f(x[i], y[i]));
    } else if (stride[0] == 1 && stride[1] == 0) {
      const B fixed = *y;
      for (std::int64_t i = 0; i < n; ++i) r[i] = static_cast<R>(f(x[i], fixed));
    } else {
      for (std::int64_t i = 0; i < n; ++i) r[i] = static_cast<R>(f(x[i * stride[0]], y[i * stride[1]]));
    }
  });
}

// --- element types ----------------------------------------------------------------------------------

enum class Accepts { reals, numbers, integers, booleans, anything };
bool accepts_dtype(Accepts accepts, DType dtype);

// Calls f(T{}) for the C++ type of a dtype other than f16 and bf16.
template <class F>
void visit_dtype(DType dtype, F&& f) {
  switch (dtype) {
    case DType::boolean: return f(bool{});
    case DType::i8: return f(std::int8_t{});
    case DType::u8: return f(std::uint8_t{});
    case DType::i16: return f(std::int16_t{});
    case DType::u16: return f(std::uint16_t{});
    case DType::i32: return f(std::int32_t{});
    case DType::u32: return f(std::uint32_t{});
    case DType::i64: return f(std::int64_t{});
    case DType::u64: return f(std::uint64_t{});
    case DType::f32: return f(float{});
    case DType::f64: return f(double{});
    case DType::f16:
    case DType::bf16: break;
  }
  TINYC_CHECK(false, "half precision is evaluated as f32");
}

// Whether a scalar function that accepts such types is instantiated for T.
template <class T>
constexpr bool instantiates(Accepts accepts) {
  constexpr bool boolean = std::is_same_v<T, bool>;
  switch (accepts) {
    case Accepts::reals: return std::is_floating_point_v<T>;
    case Accepts::numbers: return !boolean;
    case Accepts::integers: return std::is_integral_v<T> && !boolean;
    case Accepts::booleans: return boolean;
    case Accepts::anything: return true;
  }
  return false;
}

// Evaluates a node whose operands are f16 or bf16 in f32.
template <EvalFn eval>
Status with_halves_as_floats(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const auto is_half = [](const Tensor& t) { return t.dtype() == DType::f16 || t.dtype() == DType::bf16; };
  bool any = false;
  for (const Tensor* t : in) any = any || (t && is_half(*t));
  if (!any) return eval(view, in, out);
  std::vector<Tensor> wide_in, wide_out;
  std::vector<const Tensor*> pointers;
  for (const Tensor* t : in) wide_in.push_back(t && is_half(*t) ? t->cast(DType::f32) : t ? *t : Tensor());
  for (std::size_t i = 0; i < in.size(); ++i) pointers.push_back(in[i] ? &wide_in[i] : nullptr);
  for (const Tensor& t : out) wide_out.emplace_back(is_half(t) ? DType::f32 : t.dtype(), t.shape());
  TINYC_TRY(eval(view, pointers, wide_out));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = wide_out[i].cast(out[i].dtype());
  return {};
}

// Bounds every element by the attributes clamp_low and clamp_high, where present.
void clamp_elements(const Attributes& attributes, Tensor& tensor);

// --- shape inference --------------------------------------------------------------------------------

// The operand's type without its quantization. `most` operands beyond the first are the caller's to check.
Result<std::vector<Type>> infer_like_operand(const NodeView& view, Accepts accepts);
// The broadcast shape of all operands, which have one dtype.
Result<std::vector<Type>> infer_broadcast(const NodeView& view, Accepts accepts, int least, int most);

// --- work -------------------------------------------------------------------------------------------

// One operation per element of the result and, when it is int8, one requantization.
Work work_per_element(const NodeView& view);
// The same without requantization: clamps and tables.
Work work_per_element_unscaled(const NodeView& view);

// --- reasons ----------------------------------------------------------------------------------------

inline constexpr const char* becomes_table = "an int8 function of one operand is a lookup_table";
inline constexpr const char* no_integer_kernel = "it has no integer kernel yet";

// --- unary ------------------------------------------------------------------------------------------

// The real attributes that a scalar function is made from, by name: the parameters of its float kernel.
template <class Fn>
std::span<const char* const> reals_of() {
  if constexpr (requires { Fn::reals; }) return Fn::reals;
  else return {};
}

template <class Fn>
Result<std::vector<Type>> infer_unary(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 1, 1));
  TINYC_TRY(check_reals(view, reals_of<Fn>()));
  if constexpr (requires { Fn::check(view); }) TINYC_TRY(Fn::check(view));
  return infer_like_operand(view, Fn::accepts);
}

template <class Fn>
Status eval_unary_wide(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Fn f(view.attributes);
  visit_dtype(in[0]->dtype(), [&]<class T>(T) {
    if constexpr (instantiates<T>(Fn::accepts)) {
      using Wide = std::conditional_t<Fn::accepts == Accepts::reals, double, T>;
      const auto x = in[0]->data<T>();
      const auto y = out[0].mutable_data<T>();
      for (std::size_t i = 0; i < x.size(); ++i) y[i] = static_cast<T>(f(static_cast<Wide>(x[i])));
    } else {
      TINYC_CHECK(false, "inference refused this element type");
    }
  });
  return {};
}

template <class Fn>
inline constexpr EvalFn eval_unary = with_halves_as_floats<eval_unary_wide<Fn>>;

// tinyc_OP_f32 with these real attributes as parameters; integers by tinyc_unary_int, where it has the operator.
Result<std::vector<KernelCall>> lower_unary(const NodeView& view, std::span<const char* const> reals);
template <class Fn>
Result<std::vector<KernelCall>> lower_unary_float(const NodeView& view, const CoreFeatures&) {
  return lower_unary(view, reals_of<Fn>());
}

inline QuantRule table_rule(const NodeView&) { return {.table = true}; }

// The importer of an ONNX operator with one input and real attributes of the same names and defaults.
struct RealAttribute {
  const char* name;
  double otherwise;
};
Result<std::vector<ValueId>> import_unary(ImportContext& context, std::string_view op,
                                          std::initializer_list<RealAttribute> attributes = {});

// A function of one operand, element by element, that an integer graph computes by table.
template <class Fn>
OpDef unary(std::string_view name, std::string_view summary, std::vector<OnnxImport> onnx) {
  return {.name = name,
          .summary = summary,
          .onnx = std::move(onnx),
          .infer = infer_unary<Fn>,
          .eval_float = eval_unary<Fn>,
          .eval_int8 = becomes_table,
          .work = work_per_element_unscaled,
          .quantization = table_rule,
          .lower = becomes_table,
          .lower_float = lower_unary_float<Fn>,
          .elementwise = true,
          .in_place_operand = 0};
}

// A scalar function of reals without attributes.
template <auto function>
struct RealFunction {
  static constexpr Accepts accepts = Accepts::reals;
  explicit RealFunction(const Attributes&) {}
  double operator()(double x) const { return function(x); }
};

// --- binary -----------------------------------------------------------------------------------------

template <class Fn>
Status eval_binary_wide(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Fn f(view.attributes);
  visit_dtype(in[0]->dtype(), [&]<class T>(T) {
    if constexpr (instantiates<T>(Fn::accepts)) {
      using R = std::invoke_result_t<Fn, T, T>;
      apply_binary(in[0]->shape(), in[0]->data<T>(), in[1]->shape(), in[1]->data<T>(), out[0].shape(),
                   out[0].mutable_data<std::conditional_t<std::is_same_v<R, bool>, bool, T>>(), f);
    } else {
      TINYC_CHECK(false, "inference refused this element type");
    }
  });
  clamp_elements(view.attributes, out[0]);
  return {};
}

template <class Fn>
inline constexpr EvalFn eval_binary = with_halves_as_floats<eval_binary_wide<Fn>>;

// tinyc_OP_f32; integers and booleans by tinyc_binary_int.
Result<std::vector<KernelCall>> lower_binary_float(const NodeView& view, const CoreFeatures&);

// tinyc_clip_int: `operand`, a value of the result's type, bounded by the attributes clamp_low and clamp_high.
KernelCall integer_clip_call(const NodeView& view, ValueId operand);

// Whether only operand 0 matters: operand 1 is a constant number, and the result has operand 0's shape.
bool is_unary_by_constant(const NodeView& view);
// With it an integer graph computes the operator by table; without it, there is no integer form.
inline QuantRule table_by_constant_rule(const NodeView& view) { return {.table = is_unary_by_constant(view)}; }
inline constexpr const char* only_by_constant = "it has an integer form only as a table, when operand 1 is a constant number";

// A function of two broadcast operands of one type, without integer kernel; what returns bool is a predicate.
template <class Fn>
Result<std::vector<Type>> infer_binary(const NodeView& view) {
  auto types = TINYC_TRY(infer_broadcast(view, Fn::accepts, 2, 2));
  if constexpr (requires { Fn::check(view); }) TINYC_TRY(Fn::check(view));
  if constexpr (std::is_same_v<std::invoke_result_t<Fn, std::int32_t, std::int32_t>, bool>)
    types.front().dtype = DType::boolean;
  return types;
}

template <class Fn>
OpDef binary(std::string_view name, std::string_view summary, std::vector<OnnxImport> onnx) {
  return {.name = name,
          .summary = summary,
          .onnx = std::move(onnx),
          .infer = infer_binary<Fn>,
          .eval_float = eval_binary<Fn>,
          .eval_int8 = only_by_constant,
          .work = work_per_element,
          .quantization = table_by_constant_rule,
          .lower = only_by_constant,
          .lower_float = lower_binary_float,
          .elementwise = true};
}

// Two inputs that broadcast; the `broadcast` and `axis` attributes of opset 6 become a reshape.
Result<std::vector<ValueId>> import_binary(ImportContext& context, std::string_view op, Attributes attributes = {});

// One or more inputs combined from left to right by the binary operator `op`.
Result<ValueId> import_chain(ImportContext& context, std::string_view op);

// Integer arithmetic wraps, as in ONNX Runtime and NumPy, without undefined behaviour.
template <std::integral T, class F>
T wrapping(T x, T y, F f) {
  return static_cast<T>(f(static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(y)));
}

template <class T>
T negated(T x) {
  if constexpr (std::is_integral_v<T>) return static_cast<T>(0 - static_cast<std::uint64_t>(x));
  else return -x;
}

}  // namespace tinyc::ops
