#include "lib/ops/recurrent.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/ops/float_call.h"

namespace tinyc::ops {
namespace {

std::vector<std::string> activation_names(const NodeView& node, const RecurrentKind& kind, std::int64_t directions) {
  if (const Attribute* given = node.attributes.find("activations")) return std::get<std::vector<std::string>>(*given);
  std::vector<std::string> names;
  for (std::int64_t d = 0; d < directions; ++d) names.insert(names.end(), kind.activations.begin(), kind.activations.end());
  return names;
}

struct NamedActivation {
  std::string_view name;
  double alpha, beta;  // the defaults
  float (*f)(float x, float alpha, float beta);
};

// In the order of tinyc_gate_function_f32 (lib/runtime/recurrent_f32.h).
constexpr NamedActivation known_activations[] = {
    {"affine", 1, 0, [](float x, float a, float b) { return a * x + b; }},
    {"elu", 1, 0, [](float x, float a, float) { return x < 0 ? a * std::expm1(x) : x; }},
    {"hardsigmoid", 0.2, 0.5, [](float x, float a, float b) { return std::clamp(a * x + b, 0.0f, 1.0f); }},
    {"leakyrelu", 0.01, 0, [](float x, float a, float) { return x < 0 ? a * x : x; }},
    {"relu", 0, 0, [](float x, float, float) { return std::max(x, 0.0f); }},
    {"scaledtanh", 1, 1, [](float x, float a, float b) { return a * std::tanh(b * x); }},
    {"sigmoid", 0, 0, [](float x, float, float) { return 1.0f / (1.0f + std::exp(-x)); }},
    {"softplus", 0, 0, [](float x, float, float) { return std::max(x, 0.0f) + std::log1p(std::exp(-std::fabs(x))); }},
    {"softsign", 0, 0, [](float x, float, float) { return x / (1.0f + std::fabs(x)); }},
    {"tanh", 0, 0, [](float x, float, float) { return std::tanh(x); }},
    {"thresholdedrelu", 1, 0, [](float x, float a, float) { return x > a ? x : 0.0f; }},
};

const NamedActivation* find_activation(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const NamedActivation& known : known_activations)
    if (known.name == lower) return &known;
  return nullptr;
}

bool takes_alpha(std::string_view name) { return name != "relu" && name != "sigmoid" && name != "tanh" && name != "softplus" && name != "softsign"; }
bool takes_beta(std::string_view name) { return name == "affine" || name == "hardsigmoid" || name == "scaledtanh"; }

Status check_operand(const NodeView& node, int i, const Shape& shape, std::string_view what, DType dtype = DType::f32) {
  if (!node.has(i) || (node.operand(i).shape == shape && node.operand(i).dtype == dtype)) return {};
  return node.error("TC4011", std::string(what) + " is " + node.operand(i).to_string() + " where " +
                                  Type{dtype, shape}.to_string() + " is needed");
}

}  // namespace

Result<RecurrentSizes> recurrent_sizes(const NodeView& node, const RecurrentKind& kind) {
  if (!node.has(0) || !node.has(1) || !node.has(2) || node.operand_count() > kind.operands)
    return node.error("TC4011", std::string(kind.op) + " takes an input, two weight tensors and up to " +
                                    std::to_string(kind.operands - 3) + " more operands");
  const Shape &x = node.operand(0).shape, &w = node.operand(1).shape, &r = node.operand(2).shape;
  const std::int64_t directions = node.attributes.text_or("direction", "forward") == "bidirectional" ? 2 : 1;
  if (x.rank() != 3 || w.rank() != 3 || r.rank() != 3 || r[2] < 1)
    return node.error("TC4011", "the input and the weights of " + std::string(kind.op) + " must have rank 3");
  const RecurrentSizes sizes{x[0], x[1], x[2], r[2], directions, kind.gates};
  const std::int64_t rows = kind.gates * sizes.hidden;
  TINYC_TRY(check_operand(node, 0, x, "the input"));
  TINYC_TRY(check_operand(node, 1, Shape{directions, rows, sizes.inputs}, "W"));
  TINYC_TRY(check_operand(node, 2, Shape{directions, rows, sizes.hidden}, "R"));
  TINYC_TRY(check_operand(node, 3, Shape{directions, 2 * rows}, "B"));
  TINYC_TRY(check_operand(node, 4, Shape{sizes.batch}, "sequence_lens", DType::i32));
  TINYC_TRY(check_operand(node, 5, Shape{directions, sizes.batch, sizes.hidden}, "initial_h"));
  return sizes;
}

Result<std::vector<Type>> infer_recurrent(const NodeView& node, const RecurrentKind& kind) {
  const RecurrentSizes s = TINYC_TRY(recurrent_sizes(node, kind));
  const Shape state{s.directions, s.batch, s.hidden};
  const std::vector<std::string> names = activation_names(node, kind, s.directions);
  if (names.size() != kind.activations.size() * static_cast<std::size_t>(s.directions))
    return node.error("TC4011", std::string(kind.op) + " needs " +
                                    std::to_string(kind.activations.size() * static_cast<std::size_t>(s.directions)) + " activations");
  for (const std::string& name : names)
    if (!find_activation(name)) return node.error("TC3011", "the activation '" + name + "' is not supported");
  std::vector<Type> types{{DType::f32, Shape{s.steps, s.directions, s.batch, s.hidden}}};
  types.resize(1 + static_cast<std::size_t>(kind.states), Type{DType::f32, state});
  return types;
}

namespace {

// A gate's function: its index in known_activations, and its parameters.
struct GateFunction {
  std::size_t index;
  float alpha, beta;
};

// Of all directions, one after the other.
std::vector<GateFunction> gate_functions(const NodeView& node, const RecurrentKind& kind) {
  const std::int64_t directions = node.attributes.text_or("direction", "forward") == "bidirectional" ? 2 : 1;
  const std::vector<std::string> names = activation_names(node, kind, directions);
  const auto list = [&](std::string_view name) {
    const Attribute* given = node.attributes.find(name);
    return given ? std::get<std::vector<double>>(*given) : std::vector<double>{};
  };
  const std::vector<double> alphas = list("activation_alpha"), betas = list("activation_beta");
  std::vector<GateFunction> all;
  std::size_t alpha_at = 0, beta_at = 0;  // values are given to the functions that take one, in their order
  for (const std::string& name : names) {
    const NamedActivation& known = *find_activation(name);
    const double alpha = takes_alpha(known.name) && alpha_at < alphas.size() ? alphas[alpha_at++] : known.alpha;
    const double beta = takes_beta(known.name) && beta_at < betas.size() ? betas[beta_at++] : known.beta;
    all.push_back({static_cast<std::size_t>(&known - known_activations), static_cast<float>(alpha), static_cast<float>(beta)});
  }
  return all;
}

}  // namespace

std::vector<Activation> recurrent_activations(const NodeView& node, const RecurrentKind& kind, std::int64_t direction) {
  const auto limit = static_cast<float>(node.attributes.real_or("clip", 0));
  const std::vector<GateFunction> all = gate_functions(node, kind);
  const std::size_t per_direction = kind.activations.size(), first = static_cast<std::size_t>(direction) * per_direction;
  std::vector<Activation> activations;
  for (std::size_t i = first; i < first + per_direction; ++i)
    activations.push_back([f = known_activations[all[i].index].f, a = all[i].alpha, b = all[i].beta, limit](float x) {
      return f(limit > 0 ? std::clamp(x, -limit, limit) : x, a, b);
    });
  return activations;
}

void multiply(const float* matrix, const float* x, std::int64_t rows, std::int64_t columns, float* y) {
  for (std::int64_t i = 0; i < rows; ++i, matrix += columns) {
    float sum = 0;
    for (std::int64_t k = 0; k < columns; ++k) sum += matrix[k] * x[k];
    y[i] = sum;
  }
}

Status evaluate_recurrent(const NodeView& node, const RecurrentKind& kind, std::span<const Tensor* const> in,
                          std::span<Tensor> out, const std::function<void(RecurrentLane&)>& lane_begins,
                          const std::function<void(RecurrentLane&, const std::vector<float>&)>& step,
                          const std::function<void(const RecurrentLane&)>& lane_ends) {
  const RecurrentSizes s = TINYC_TRY(recurrent_sizes(node, kind));
  const std::int64_t rows = s.gates * s.hidden;
  const std::string direction = node.attributes.text_or("direction", "forward");
  const auto y = out[0].mutable_data<float>(), y_h = out[1].mutable_data<float>();
  std::vector<float> gates(static_cast<std::size_t>(rows)), h(static_cast<std::size_t>(s.hidden));
  for (std::int64_t d = 0; d < s.directions; ++d)
    for (std::int64_t b = 0; b < s.batch; ++b) {
      const std::int64_t state_at = (d * s.batch + b) * s.hidden;
      std::fill(h.begin(), h.end(), 0.0f);
      if (node.has(5)) std::copy_n(in[5]->data<float>().data() + state_at, s.hidden, h.begin());
      RecurrentLane lane{d, b, in[1]->data<float>().data() + d * rows * s.inputs, in[2]->data<float>().data() + d * rows * s.hidden,
                         node.has(3) ? in[3]->data<float>().data() + d * 2 * rows : nullptr,
                         recurrent_activations(node, kind, d), h.data()};
      lane_begins(lane);
      const std::int64_t length = node.has(4) ? std::clamp<std::int64_t>(in[4]->data<std::int32_t>()[static_cast<std::size_t>(b)], 0, s.steps) : s.steps;
      const bool backwards = d == 1 || direction == "reverse";
      for (std::int64_t i = 0; i < length; ++i) {
        const std::int64_t t = backwards ? length - 1 - i : i;
        multiply(lane.w, in[0]->data<float>().data() + (t * s.batch + b) * s.inputs, rows, s.inputs, gates.data());
        if (lane.bias)
          for (std::size_t g = 0; g < gates.size(); ++g) gates[g] += lane.bias[g];
        step(lane, gates);
        std::copy(h.begin(), h.end(), y.begin() + ((t * s.directions + d) * s.batch + b) * s.hidden);
      }
      std::copy(h.begin(), h.end(), y_h.begin() + state_at);
      if (lane_ends) lane_ends(lane);
    }
  return {};
}

Work recurrent_work(const NodeView& node, const RecurrentKind& kind) {
  const Shape& x = node.operand(0).shape;
  const std::int64_t weights = node.operand(1).shape.elements() + node.operand(2).shape.elements();
  return {.macs = x[0] * x[1] * weights,
          .element_ops = 4 * node.result().shape.elements() * kind.gates,
          .weight_elements = weights + (node.has(3) ? node.operand(3).shape.elements() : 0)};
}

Result<std::vector<KernelCall>> lower_recurrent(const NodeView& node, const RecurrentKind& kind, std::string_view variant,
                                                std::int64_t scratch_floats) {
  const RecurrentSizes s = TINYC_TRY(recurrent_sizes(node, kind));
  const std::vector<GateFunction> gates = gate_functions(node, kind);
  std::vector<std::int32_t> functions;
  std::vector<float> alpha, beta;
  for (const GateFunction& gate : gates) {
    functions.push_back(static_cast<std::int32_t>(gate.index));
    alpha.push_back(gate.alpha);
    beta.push_back(gate.beta);
  }
  const auto clip = static_cast<float>(node.attributes.real_or("clip", 0));
  const Shape count{static_cast<std::int64_t>(gates.size())};
  KernelCall call = float_call(node, "tinyc_" + std::string(kind.op) + "_f32");
  call.inputs.resize(static_cast<std::size_t>(kind.operands));
  call.params = {{"steps", s.steps}, {"batch", s.batch}, {"inputs", s.inputs}, {"hidden", s.hidden},
                 {"directions", s.directions},
                 {"reverse", std::int64_t{node.attributes.text_or("direction", "forward") == "reverse"}},
                 {"variant", std::int64_t{node.attributes.integer_or(variant, 0) != 0}},
                 {"limit", clip > 0 ? clip : std::numeric_limits<float>::infinity()},
                 {"functions", Table{Tensor::of(count, functions)}},
                 {"alpha", Table{Tensor::of(count, alpha)}}, {"beta", Table{Tensor::of(count, beta)}}};
  call.scratch = Bytes(static_cast<std::int64_t>(sizeof(float)) * scratch_floats * s.hidden);
  return std::vector<KernelCall>{std::move(call)};
}

Result<std::vector<ValueId>> import_recurrent(ImportContext& context, const RecurrentKind& kind) {
  TINYC_TRY(check_inputs(context, 3, kind.operands));
  using Integers = std::vector<std::int64_t>;
  const auto direction = TINYC_TRY(attribute_or<std::string>(context, "direction", "forward"));
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
    return context.invalid("unknown direction '" + direction + "'");
  const bool batch_first = TINYC_TRY(integer_attribute(context, "layout", 0)) == 1;
  Attributes attributes{{"direction", direction}};
  for (const char* name : {"activation_alpha", "activation_beta"})
    if (context.attributes().has(name)) attributes.set(name, TINYC_TRY(required_attribute<std::vector<double>>(context, name)));
  if (context.attributes().has("activations"))
    attributes.set("activations", TINYC_TRY(required_attribute<std::vector<std::string>>(context, "activations")));
  for (const char* name : {"linear_before_reset", "input_forget"})
    if (context.attributes().has(name)) attributes.set(name, TINYC_TRY(required_attribute<std::int64_t>(context, name)));
  if (context.attributes().has("clip")) attributes.set("clip", TINYC_TRY(required_attribute<double>(context, "clip")));

  std::vector<ValueId> operands;
  for (int i = 0; i < context.input_count(); ++i) {
    ValueId operand = context.has_input(i) ? context.input(i) : ValueId{};
    const bool is_swapped = batch_first && (i == 0 || i == 5 || (i == 6 && kind.states == 2));
    if (operand.valid() && is_swapped) {
      if (context.value(operand).type().shape.rank() != 3) return context.invalid("inputs and states must have rank 3");
      operand = TINYC_TRY(context.emit("transpose", {operand}, {{"perm", Integers{1, 0, 2}}}, "in" + std::to_string(i)));
    }
    operands.push_back(operand);
  }
  std::vector<ValueId> results = TINYC_TRY(context.emit_all(kind.op, std::move(operands), std::move(attributes)));
  if (batch_first) {
    results[0] = TINYC_TRY(context.emit("transpose", {results[0]}, {{"perm", Integers{2, 0, 1, 3}}}, "y"));
    for (std::size_t i = 1; i < results.size(); ++i)
      results[i] = TINYC_TRY(context.emit("transpose", {results[i]}, {{"perm", Integers{1, 0, 2}}}, "state" + std::to_string(i)));
  }
  return results;
}

}  // namespace tinyc::ops
