// Random graphs of what canonicalization moves, folds and fuses compute the same in canonical form.

#include <cstdlib>
#include <numeric>

#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

using Integers = std::vector<std::int64_t>;

class RandomGraph {
 public:
  explicit RandomGraph(std::uint64_t seed) : rng_(seed), builder_(graph_, all_ops()) {
    graph_.name = "random";
    const int inputs = static_cast<int>(rng_.integer(1, 2));
    for (int i = 0; i < inputs; ++i) values_.push_back(graph_.add_input("x", {DType::f32, random_shape()}));
    const int steps = static_cast<int>(rng_.integer(3, 16));
    for (int i = 0; i < steps; ++i) grow();
    std::vector<ValueId> outputs;
    for (const ValueId id : values_)
      if (graph_.value(id).uses().empty() || (rng_.uniform() < 0.05 && !graph_.is_input(id))) outputs.push_back(id);
    graph_.set_outputs(outputs);
  }

  Graph take() { return std::move(graph_); }

 private:
  std::int64_t pick(std::initializer_list<std::int64_t> from) {
    return *(from.begin() + rng_.integer(0, static_cast<std::int64_t>(from.size()) - 1));
  }
  Shape random_shape() {
    Integers sizes{pick({1, 1, 2})};
    const auto rank = rng_.integer(2, 4);
    while (static_cast<std::int64_t>(sizes.size()) < rank) sizes.push_back(pick({1, 2, 3, 4}));
    return Shape(sizes);
  }
  const Shape& shape(ValueId id) const { return graph_.value(id).type().shape; }
  // Recent values are likelier, so that chains grow.
  ValueId any() {
    const auto last = static_cast<std::int64_t>(values_.size()) - 1;
    return values_[static_cast<std::size_t>(rng_.uniform() < 0.6 ? last : rng_.integer(0, last))];
  }
  ValueId constant(const Shape& of, double low = -2, double high = 2) {
    Tensor tensor(DType::f32, of);
    for (float& v : tensor.mutable_data<float>()) v = static_cast<float>(rng_.uniform(low, high));
    return graph_.add_constant("c", tensor);
  }
  void emit(std::string_view op, std::vector<ValueId> operands, Attributes attributes = {}) {
    const auto result = builder_.emit(op, std::string(op) + std::to_string(values_.size()), std::move(operands), attributes);
    if (!result.ok()) FAIL(result.error().to_string());
    values_.push_back(*result);
  }
  void transpose(ValueId x, Integers perm) { emit("transpose", {x}, {{"perm", std::move(perm)}}); }

  // A channels-last operator between transposes, as an importer leaves it; now and then without them.
  void channels_last(ValueId x, const std::function<void(ValueId)>& node) {
    const bool wrapped = rng_.uniform() < 0.8;
    if (wrapped) transpose(x, {0, 2, 3, 1});
    node(wrapped ? values_.back() : x);
    if (wrapped) transpose(values_.back(), {0, 3, 1, 2});
  }
  Integers pads() { return {rng_.integer(0, 1), rng_.integer(0, 1), rng_.integer(0, 1), rng_.integer(0, 1)}; }
  void conv2d(ValueId x) {
    const std::int64_t channels = shape(x)[3];
    const bool depthwise = rng_.uniform() < 0.3;
    const std::int64_t filters = depthwise ? channels : rng_.integer(1, 4);
    const std::int64_t height = std::min<std::int64_t>(shape(x)[1], rng_.integer(1, 2));
    const std::int64_t width = std::min<std::int64_t>(shape(x)[2], rng_.integer(1, 2));
    const ValueId weights = constant(Shape{filters, height, width, depthwise ? 1 : channels});
    const ValueId bias = rng_.uniform() < 0.5 ? constant(Shape{filters}) : ValueId();
    emit("conv2d", {x, weights, bias},
         {{"strides", Integers{1, 1}}, {"dilations", Integers{1, 1}}, {"pads", pads()}, {"groups", depthwise ? channels : std::int64_t{1}}});
  }
  void pool(ValueId x) {
    const Integers kernel{std::min<std::int64_t>(shape(x)[1], 2), std::min<std::int64_t>(shape(x)[2], 2)};
    Integers around = pads();
    for (std::size_t i = 0; i < 4; ++i) around[i] = kernel[i % 2] > 1 ? around[i] : 0;
    Attributes attributes{{"kernel", kernel}, {"strides", Integers{1, 1}}, {"dilations", Integers{1, 1}}, {"pads", around}};
    if (rng_.uniform() < 0.5) return emit("max_pool", {x}, attributes);
    attributes.set("count_include_pad", rng_.integer(0, 1));
    emit("average_pool", {x}, attributes);
  }
  void batch_norm(ValueId x) {
    const Shape channels{shape(x)[shape(x).rank() - 1]};
    emit("batch_norm", {x, constant(channels), constant(channels), constant(channels), constant(channels, 0.5, 2)}, {{"epsilon", 1e-3}});
  }
  // Axes of size 1 come and go, neighbours merge.
  void reshape(ValueId x) {
    Integers sizes = shape(x).sizes();
    for (int i = 0; i < 2; ++i) {
      const auto at = sizes.begin() + rng_.integer(0, static_cast<std::int64_t>(sizes.size()) - 1);
      if (*at == 1 && sizes.size() > 2) sizes.erase(at);
      else if (sizes.size() < 4 && rng_.uniform() < 0.6) sizes.insert(at, 1);
      else if (sizes.size() > 2 && at != sizes.begin()) { *(at - 1) *= *at; sizes.erase(at); }
    }
    emit("reshape", {x}, {{"shape", sizes}});
  }
  void binary(ValueId x) {
    const std::string_view op = std::vector<std::string_view>{"add", "sub", "mul"}[static_cast<std::size_t>(rng_.integer(0, 2))];
    ValueId other;
    for (const ValueId id : values_)
      if (id != x && broadcast(shape(id), shape(x)) == shape(x) && rng_.uniform() < 0.5) other = id;
    if (!other.valid() || rng_.uniform() < 0.4) {
      Integers sizes = shape(x).sizes();
      for (auto& size : sizes) size = rng_.uniform() < 0.5 ? 1 : size;
      sizes.erase(sizes.begin(), sizes.begin() + rng_.integer(0, static_cast<std::int64_t>(sizes.size())));
      other = constant(Shape(sizes));
    }
    if (rng_.uniform() < 0.5) std::swap(x, other);
    emit(op, {x, other});
  }
  void along_axes(ValueId x) {
    const int rank = shape(x).rank();
    const std::int64_t axis = rng_.integer(0, rank - 1);
    switch (rng_.integer(0, 3)) {
      case 0: return emit("softmax", {x}, {{"axis", axis}});
      case 1: return emit("concat", {x, x}, {{"axis", axis}});
      case 2: return emit("reduce_mean", {x}, {{"axes", Integers{axis}}, {"keepdims", rank > 2 ? rng_.integer(0, 1) : 1}});
      default: {
        Integers around(static_cast<std::size_t>(2 * rank), 0);
        for (int i = 1; i < rank; ++i)
          if (rng_.uniform() < 0.4) around[static_cast<std::size_t>(i + rank * rng_.integer(0, 1))] = 1;
        emit("pad", {x}, {{"mode", std::string("constant")}, {"pads", around}, {"value", rng_.uniform() < 0.7 ? 0.0 : -1.0}});
      }
    }
  }
  void fully_connected(ValueId x) {
    const std::int64_t batch = shape(x)[0], width = shape(x).elements() / batch;
    emit("reshape", {x}, {{"shape", Integers{batch, width}}});
    if (rng_.uniform() < 0.5) emit("matmul", {values_.back(), constant(Shape{width, 3})});
    else emit("fully_connected", {values_.back(), constant(Shape{3, width}), ValueId()});
  }

  void grow() {
    const ValueId x = any();
    if (shape(x).elements() > 300) return;
    const int rank = shape(x).rank();
    switch (rng_.integer(0, 10)) {
      case 0: {
        Integers perm(static_cast<std::size_t>(rank));
        std::iota(perm.begin(), perm.end(), 0);
        for (std::size_t i = perm.size(); i > 1; --i) std::swap(perm[i - 1], perm[static_cast<std::size_t>(rng_.integer(0, static_cast<std::int64_t>(i) - 1))]);
        return transpose(x, perm);
      }
      case 1: return reshape(x);
      case 2: return emit("relu", {x});
      case 3: return emit("clip", {x}, {{"clamp_low", rng_.uniform(-1, 0)}, {"clamp_high", rng_.uniform(0, 1)}});
      case 4: return emit("sigmoid", {x});
      case 5: return binary(x);
      case 6: return along_axes(x);
      case 7: return rank == 4 ? channels_last(x, [&](ValueId v) { conv2d(v); }) : fully_connected(x);
      case 8: return rank == 4 ? channels_last(x, [&](ValueId v) { pool(v); }) : reshape(x);
      case 9: return rank == 4 ? channels_last(x, [&](ValueId v) { batch_norm(v); }) : rank > 1 ? batch_norm(x) : reshape(x);
      default: return rank == 4 ? channels_last(x, [&](ValueId v) { conv2d(v); }) : emit("identity", {x});
    }
  }

  Rng rng_;
  Graph graph_;
  Builder builder_;
  std::vector<ValueId> values_;
};

int transposes(const Graph& graph) {
  int count = 0;
  for (const NodeId id : graph.nodes()) count += graph.node(id).op().name == "transpose" ? 1 : 0;
  return count;
}

TEST_CASE("random graphs compute the same in canonical form, which is final") {
  const char* asked = std::getenv("TINYC_RANDOM_GRAPHS");
  const int count = asked ? std::atoi(asked) : 300;
  int before = 0, after = 0;
  for (int seed = 1; seed <= count; ++seed) {
    const Graph original = RandomGraph(static_cast<std::uint64_t>(seed)).take();
    Graph graph = original;
    INFO("seed " << seed << "\n" << print(original, {.elide_constants = true}));
    const Status status = run_passes(graph, "canonicalize");
    if (!status.ok()) FAIL(status.error().to_string());
    INFO(print(graph, {.elide_constants = true}));
    check_equivalent(original, graph, 1e-4, 1);
    Graph again = graph;
    REQUIRE(run_passes(again, "canonicalize").ok());
    CHECK(print(again) == print(graph));
    before += transposes(original);
    after += transposes(graph);
  }
  CHECK(after < before / 2);
}

}  // namespace
}  // namespace tinyc
