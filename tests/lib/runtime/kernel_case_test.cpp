#include "tests/lib/runtime/kernel_case.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"
#include "lib/quant/requantize.h"
#include "lib/quant/weight_scale.h"

namespace tinyc {

Tensor random_i8(Rng& rng, const Shape& shape, int low, int round) {
  Tensor tensor(DType::i8, shape);
  for (std::int8_t& value : tensor.mutable_data<std::int8_t>())
    value = static_cast<std::int8_t>(round % 8 == 0 ? low : round % 8 == 1 ? 127 : rng.integer(low, 127));
  return tensor;
}

std::int32_t random_zero_point(Rng& rng, int round) {
  return static_cast<std::int32_t>(round % 5 == 0 ? -128 : round % 5 == 1 ? 127 : rng.integer(-128, 127));
}

void random_clamp(Rng& rng, Attributes& attributes) {
  if (rng.integer(0, 2) == 0) attributes.set("clamp_low", 0.0);
  if (rng.integer(0, 2) == 0) attributes.set("clamp_high", rng.uniform(0.1, 20));
}

namespace {

// Memory that a kernel writes, with bytes around it that it must not.
class Guarded {
 public:
  explicit Guarded(std::size_t size) : bytes_(size + 2 * margin, value) {}
  std::span<std::int8_t> inner() { return std::span(bytes_).subspan(margin, bytes_.size() - 2 * margin); }
  bool intact() const {
    return std::all_of(bytes_.begin(), bytes_.begin() + margin, [](std::int8_t b) { return b == value; }) &&
           std::all_of(bytes_.end() - margin, bytes_.end(), [](std::int8_t b) { return b == value; });
  }

 private:
  static constexpr std::ptrdiff_t margin = 64;
  static constexpr std::int8_t value = 0x5a;
  std::vector<std::int8_t> bytes_;
};

// Sets a share of blocks of four channels by two neighbouring inputs of every four to zero.
void prune_blocks(Rng& rng, Tensor& weights) {
  const std::int64_t channels = weights.shape()[0], depth = weights.elements() / channels;
  const double share = rng.uniform();
  const auto values = weights.mutable_data<std::int8_t>();
  for (std::int64_t first = 0; first < channels; first += 4)
    for (std::int64_t step = 0; step < (depth + 3) / 4 * 2; ++step) {
      if (rng.uniform() > share) continue;
      for (std::int64_t c = first; c < std::min(first + 4, channels); ++c)
        for (std::int64_t k = step / 2 * 4 + step % 2; k < std::min(step / 2 * 4 + 4, depth); k += 2)
          values[static_cast<std::size_t>(c * depth + k)] = 0;
    }
}

// conv2d and fully_connected: x, weights [channels, ...], bias.
KernelCase random_layer(Rng& rng, int round, const char* op, const Shape& x_shape, const Shape& w_shape, Attributes attributes) {
  const Tensor x = random_i8(rng, x_shape, -128, round);
  Tensor w = random_i8(rng, w_shape, round % 4 ? -127 : -128, round / 3);
  if (rng.integer(0, 2) == 0)
    for (std::int8_t& value : w.mutable_data<std::int8_t>()) value = static_cast<std::int8_t>(std::clamp<int>(value / 16, -7, 7));
  if (rng.integer(0, 2) == 0) prune_blocks(rng, w);
  const auto channels = static_cast<std::size_t>(w_shape[0]);
  const std::int64_t depth = w_shape.elements() / w_shape[0];
  const float x_scale = 0.05f;
  const auto x_type = Quantization::per_tensor(x_scale, random_zero_point(rng, round));
  Quantization w_type{0, {}, std::vector<std::int32_t>(channels, 0)};
  Tensor bias(DType::i32, Shape{w_shape[0]});
  for (std::size_t c = 0; c < channels; ++c) {
    w_type.scale.push_back(static_cast<float>(std::exp(rng.uniform(-9, -2))));
    bias.mutable_data<std::int32_t>()[c] =
        static_cast<std::int32_t>(rng.integer(-1, 1) * rng.integer(0, round % 11 == 0 ? 1 << 30 : 100 * depth));
  }
  random_clamp(rng, attributes);
  Graph graph;
  const ValueId input = graph.add_input("x", {DType::i8, x_shape, x_type});
  std::vector<ValueId> operands{input, graph.add_constant("w", w, w_type)};
  std::vector<Tensor> tensors{x, w};
  if (round % 6 != 0) {
    operands.push_back(graph.add_constant("b", bias));
    tensors.push_back(bias);
  }
  Builder builder(graph, all_ops());
  const auto result = builder.emit(op, "layer", operands, attributes);
  if (!result.ok()) FAIL(result.error().to_string());
  const double largest = *std::max_element(w_type.scale.begin(), w_type.scale.end());
  double scale = x_scale * largest * std::sqrt(static_cast<double>(depth)) * std::exp(rng.uniform(-2.0, 4.0));
  std::int64_t bound = 0;
  for (std::size_t c = 0; c < channels; ++c)
    bound = std::max(bound, accumulator_bound(w.data<std::int8_t>().subspan(c * static_cast<std::size_t>(depth), static_cast<std::size_t>(depth)),
                                              operands.size() > 2 ? bias.data<std::int32_t>()[c] : 0));
  scale = std::max(scale, smallest_result_scale(x_scale, w_type.scale, bound));
  Type type = graph.value(*result).type();
  graph.set_type(*result, {DType::i8, type.shape, Quantization::per_tensor(static_cast<float>(scale) * 1.001f, random_zero_point(rng, round / 2))});
  const std::int64_t core = rng.integer(0, 2);
  const Objective objective = static_cast<Objective>(rng.integer(0, 3));
  return make_kernel_case(graph, graph.value(*result).producer(), tensors, {.dsp = core >= 1, .mve = core == 2, .objective = objective});
}

// Attributes of a window that fits an input of these sizes.
Attributes random_window(Rng& rng, std::int64_t& height, std::int64_t& width, std::int64_t kh, std::int64_t kw, std::int64_t groups) {
  using Integers = std::vector<std::int64_t>;
  const auto small = [&] { return rng.integer(1, 2 + (rng.integer(0, 3) == 0)); };
  const Integers strides{small(), small()}, dilations{rng.integer(0, 3) ? 1 : small(), rng.integer(0, 3) ? 1 : small()};
  const auto pad = [&](std::int64_t k) { return rng.integer(0, 2) ? rng.integer(0, k - 1) : rng.integer(0, k + 1); };
  const Integers pads{pad(kh), pad(kw), pad(kh), pad(kw)};
  height = std::max(height, (kh - 1) * dilations[0] + 1 - pads[0] - pads[2]);
  width = std::max(width, (kw - 1) * dilations[1] + 1 - pads[1] - pads[3]);
  return {{"strides", strides}, {"dilations", dilations}, {"pads", pads}, {"groups", groups}};
}

std::string where(const Tensor& expected, std::span<const std::int8_t> actual) {
  for (std::size_t i = 0; i < actual.size(); ++i)
    if (const auto wanted = static_cast<std::int8_t>(expected.bytes()[i]); wanted != actual[i])
      return "byte " + std::to_string(i) + " of " + std::to_string(actual.size()) + " is " + std::to_string(actual[i]) +
             ", not " + std::to_string(wanted);
  return "equal";
}

}  // namespace

KernelCase make_kernel_case(const Graph& graph, NodeId id, const std::vector<Tensor>& operands,
                            const CoreFeatures& features) {
  const NodeView node = view(graph, id);
  std::vector<const Tensor*> in;
  for (const Tensor& operand : operands) in.push_back(&operand);
  std::vector<Tensor> out{Tensor(node.result().dtype, node.result().shape)};
  REQUIRE((*node.op.eval_int8)(node, in, out).ok());
  auto calls = (*node.op.lower)(node, features);
  if (!calls.ok()) FAIL(calls.error().to_string());
  KernelCase test{"", *calls, {}, out.front()};
  for (const KernelCall& call : *calls) {
    test.description += call.kernel;
    for (const KernelParam& param : call.params)
      if (const auto* value = std::get_if<std::int64_t>(&param.value))
        test.description += " " + param.name + "=" + std::to_string(*value);
    test.inputs.emplace_back();
    for (const ValueId input : call.inputs) {
      const auto at = std::find(node.operand_ids.begin(), node.operand_ids.end(), input);
      REQUIRE(at != node.operand_ids.end());
      test.inputs.back().push_back(operands[static_cast<std::size_t>(at - node.operand_ids.begin())]);
    }
  }
  return test;
}

KernelCase random_conv2d(Rng& rng, int round) {
  const std::int64_t groups = rng.integer(0, 2) ? 1 : rng.integer(2, 4);
  const std::int64_t in = groups * rng.integer(1, groups > 1 ? 5 : 17), out = groups * rng.integer(1, groups > 1 ? 3 : 9);
  const std::int64_t kh = rng.integer(1, 4), kw = rng.integer(1, 5);
  std::int64_t height = rng.integer(1, 9), width = rng.integer(1, 11);
  Attributes attributes = random_window(rng, height, width, kh, kw, groups);
  return random_layer(rng, round, "conv2d", {1, height, width, in}, {out, kh, kw, in / groups}, attributes);
}

KernelCase random_planar(Rng& rng, int round) {
  const std::int64_t in = rng.integer(1, 4), kh = rng.integer(1, 4), kw = rng.integer(0, 3) ? 3 : rng.integer(1, 4);
  std::int64_t height = rng.integer(1, 9), width = rng.integer(1, 15);
  Attributes attributes = random_window(rng, height, width, kh, kw, 1);
  attributes.set("dilations", std::vector<std::int64_t>{1, 1});
  return random_layer(rng, round, "conv2d_planar", {1, in, height, width}, {rng.integer(1, 9), kh, kw, in}, attributes);
}

KernelCase random_depthwise(Rng& rng, int round) {
  const std::int64_t channels = rng.integer(1, 19), kh = rng.integer(1, 5), kw = rng.integer(1, 4);
  std::int64_t height = rng.integer(1, 9), width = rng.integer(1, 11);
  Attributes attributes = random_window(rng, height, width, kh, kw, channels);
  return random_layer(rng, round, "conv2d", {1, height, width, channels}, {channels, kh, kw, 1}, attributes);
}

KernelCase random_depthwise_3x3(Rng& rng, int round) {
  using Integers = std::vector<std::int64_t>;
  const std::int64_t channels = rng.integer(0, 2) ? 4 * rng.integer(1, 5) : rng.integer(1, 19), height = rng.integer(3, 9), width = rng.integer(3, 11);
  const bool same = rng.integer(0, 1) == 1;
  const auto pad = [&] { return same ? 1 : rng.integer(0, 2); };
  const std::int64_t stride = rng.integer(1, 2);
  const Attributes attributes{{"strides", Integers{stride, stride}}, {"dilations", Integers{1, 1}},
                              {"pads", Integers{pad(), pad(), pad(), pad()}}, {"groups", channels}};
  return random_layer(rng, round, "conv2d", {1, height, width, channels}, {channels, 3, 3, 1}, attributes);
}

KernelCase random_pointwise(Rng& rng, int round) {
  using Integers = std::vector<std::int64_t>;
  const std::int64_t in = rng.integer(2, round % 10 ? 70 : 170), out = rng.integer(1, 13);
  const Attributes attributes{{"strides", Integers{1, 1}}, {"dilations", Integers{1, 1}}, {"pads", Integers{0, 0, 0, 0}},
                              {"groups", std::int64_t{1}}};
  return random_layer(rng, round, "conv2d", {1, rng.integer(1, 5), rng.integer(1, 5), in}, {out, 1, 1, in}, attributes);
}

KernelCase random_fully_connected(Rng& rng, int round) {
  const std::int64_t inputs = rng.integer(1, round % 10 == 0 ? 700 : 60);
  return random_layer(rng, round, "fully_connected", {rng.integer(0, 3) ? 1 : 3, inputs}, {rng.integer(1, 14), inputs}, {});
}

KernelCase random_matmul(Rng& rng, int round) {
  const std::int64_t rows = rng.integer(1, 6), depth = rng.integer(1, 40), columns = rng.integer(1, 7), batches = rng.integer(1, 3);
  const auto batch = [&](std::int64_t size) { return rng.integer(0, 2) ? size : 1; };
  const Shape a_shape{batch(batches), batch(2), rows, depth}, b_shape{batch(batches), batch(2), depth, columns};
  const Tensor a = random_i8(rng, a_shape, -128, round), b = random_i8(rng, b_shape, -128, round / 2);
  Attributes attributes;
  random_clamp(rng, attributes);
  Graph graph;
  const ValueId x = graph.add_input("a", {DType::i8, a_shape, Quantization::per_tensor(0.02f, random_zero_point(rng, round))});
  const ValueId y = graph.add_input("b", {DType::i8, b_shape, Quantization::per_tensor(0.1f, random_zero_point(rng, round / 3))});
  Builder builder(graph, all_ops());
  const auto result = builder.emit("matmul", "product", {x, y}, attributes);
  if (!result.ok()) FAIL(result.error().to_string());
  const auto scale = static_cast<float>(std::exp(rng.uniform(-5, 2)));
  graph.set_type(*result, {DType::i8, graph.value(*result).type().shape, Quantization::per_tensor(scale, random_zero_point(rng, round))});
  return make_kernel_case(graph, graph.value(*result).producer(), {a, b});
}

std::vector<std::byte> pack_params(const KernelCall& call) {
  std::vector<std::byte> bytes;
  const auto append = [&](const void* data, std::size_t size) {
    bytes.resize((bytes.size() + size - 1) / size * size);
    const auto* from = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), from, from + size);
  };
  for (const KernelParam& param : call.params) {
    if (const auto* table = std::get_if<Table>(&param.value)) {
      const std::byte* data = table->data.bytes().data();
      append(&data, sizeof data);
    } else if (const auto* real = std::get_if<float>(&param.value)) {
      append(real, sizeof *real);
    } else {
      const auto value = static_cast<std::int32_t>(std::get<std::int64_t>(param.value));
      append(&value, sizeof value);
    }
  }
  return bytes;
}

namespace {

// Runs a call; input number `shared`, when not negative, lies where the call allows it to overlap the result.
void run_call(const KernelFunction& kernel, const KernelCall& call, const std::vector<Tensor>& tensors, std::int8_t* output,
              int shared = -1) {
  std::vector<const std::int8_t*> inputs;
  for (const Tensor& tensor : tensors) inputs.push_back(tensor.data<std::int8_t>().data());
  if (shared >= 0) inputs[static_cast<std::size_t>(shared)] = output + call.lead;
  Guarded scratch(static_cast<std::size_t>(call.scratch.count));
  kernel(pack_params(call).data(), inputs, output, scratch.inner().data());
  REQUIRE(scratch.intact());
}

}  // namespace

void check_kernels(const std::map<std::string, KernelFunction>& kernels,
                   const std::vector<std::pair<CaseMaker, int>>& makers, bool in_place) {
  std::set<std::string> called;
  for (const auto& [make, rounds] : makers) {
    Rng rng(11);
    for (int round = 0; round < rounds; ++round) {
      const KernelCase test = make(rng, round);
      CAPTURE(test.description);
      const std::size_t size = test.expected.bytes().size();
      Guarded output(size);
      for (std::size_t i = 0; i < test.calls.size(); ++i) {
        const auto kernel = kernels.find(test.calls[i].kernel);
        REQUIRE(kernel != kernels.end());
        called.insert(kernel->first);
        run_call(kernel->second, test.calls[i], test.inputs[i], output.inner().data());
      }
      REQUIRE(output.intact());
      REQUIRE(where(test.expected, output.inner()) == "equal");
      for (std::size_t i = 0; test.calls.size() == 1 && i < test.inputs[0].size(); ++i) {
        const bool same_shape = test.inputs[0][i].shape() == test.expected.shape();
        if (!(in_place && same_shape) && test.calls[0].in_place_input != static_cast<int>(i)) continue;
        const auto operand = test.inputs[0][i].data<std::int8_t>();
        const auto lead = static_cast<std::size_t>(test.calls[0].lead);
        std::vector<std::int8_t> shared(std::max(size, lead + operand.size()));
        std::copy(operand.begin(), operand.end(), shared.begin() + static_cast<std::ptrdiff_t>(lead));
        run_call(kernels.at(test.calls[0].kernel), test.calls[0], test.inputs[0], shared.data(), static_cast<int>(i));
        REQUIRE(where(test.expected, std::span(shared).first(size)) == "equal");
      }
    }
  }
  std::vector<std::string> idle;
  for (const auto& [name, kernel] : kernels)
    if (!called.contains(name)) idle.push_back(name);
  CHECK(idle == std::vector<std::string>{});
}

void check_dense_kernels(const std::map<std::string, KernelFunction>& kernels) {
  check_kernels(kernels, {{random_conv2d, 1500}, {random_planar, 1200}, {random_depthwise, 800}, {random_depthwise_3x3, 800}, {random_pointwise, 300},
                          {random_fully_connected, 900}, {random_matmul, 300}});
}

TEST_CASE("the random layers neither all saturate nor all vanish") {
  Rng rng(12);
  std::set<std::int8_t> values;
  for (int round = 2; round < 100; ++round)
    for (const std::int8_t value : random_conv2d(rng, round).expected.data<std::int8_t>()) values.insert(value);
  CHECK(values.size() > 200);
}

}  // namespace tinyc
