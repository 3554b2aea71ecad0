#include "tests/suite/random_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"

namespace tinyc::test {
namespace {

struct Value {
  std::string name;
  std::vector<std::int64_t> shape;  // [1,H,W,C]
  double scale = 1;
  std::int64_t zero = 0;
};

std::string list(const std::vector<std::int64_t>& items) { return fmt::format("[{}]", fmt::join(items, ", ")); }

std::int64_t product(const std::vector<std::int64_t>& sizes) {
  std::int64_t all = 1;
  for (const std::int64_t size : sizes) all *= size;
  return all;
}

class Writer {
 public:
  Writer(Rng& rng, int layers) : rng_(rng), layers_(layers) {}

  std::string text() {
    text_ = "graph \"random\" stage=quantized\n";
    for (std::int64_t i = rng_.integer(1, 2); i > 0; --i) {
      Value input{fmt::format("x{}", i), {1, pick(3, 9), pick(3, 9), pick(1, 9)}, scale(), pick(-128, 127)};
      text_ += fmt::format("input %{}: {}\n", input.name, type(input));
      values_.push_back(input);
    }
    for (int i = 0; i < layers_; ++i) layer();
    return text_ + outputs();
  }

  // Layers that do not know of each other, each with an input of its own.
  std::string unconnected() {
    text_ = "graph \"random\" stage=quantized\n";
    std::string bodies;
    for (int i = 0; i < layers_; ++i) {
      const std::string inputs = std::move(text_);
      text_.clear();
      kernel_case();
      bodies += text_;
      text_ = inputs + input_;
    }
    return text_ + bodies + outputs();
  }

 private:
  std::int64_t pick(std::int64_t low, std::int64_t high) { return rng_.integer(low, high); }
  bool flip() { return pick(0, 1) == 1; }
  double scale() { return static_cast<double>(static_cast<float>(std::exp(rng_.uniform(-4, 0)))); }
  static std::string real(double value) { return fmt::format("{:#}", static_cast<float>(value)); }
  static std::string type(const Value& v) { return fmt::format("i8{} quant({}:{})", list(v.shape), real(v.scale), v.zero); }
  std::string fresh() { return fmt::format("v{}", ++names_); }

  std::string outputs() const {
    std::vector<std::string> names;
    for (const Value& value : values_)
      if (!read_.contains(value.name)) names.push_back("%" + value.name);
    return fmt::format("output {}\n", fmt::join(names, ", "));
  }

  const Value& some() {
    if (unconnected_) return values_.back();
    const auto last = static_cast<std::int64_t>(values_.size()) - 1;
    return values_[static_cast<std::size_t>(flip() ? last : pick(0, last))];
  }
  std::string use(const Value& value) {
    read_.insert(value.name);
    return "%" + value.name;
  }
  Value result(std::vector<std::int64_t> shape, double scale_of, std::int64_t zero) {
    return {fresh(), std::move(shape), scale_of, zero};
  }
  void add(const Value& value, const std::string& op) {
    text_ += fmt::format("%{}: {} = {}\n", value.name, type(value), op);
    values_.push_back(value);
  }
  // A fused activation on one result in two.
  std::string clamp(const Value& out) {
    if (flip()) return "";
    const double low = out.scale * static_cast<double>(pick(-100, 0)), high = out.scale * static_cast<double>(pick(1, 100));
    return fmt::format(", clamp_low={}{}", real(low), flip() ? fmt::format(", clamp_high={}", real(high)) : "");
  }

  std::string constant(const std::vector<std::int64_t>& shape, const std::vector<double>& scales, std::string_view dtype,
                       std::int64_t most) {
    std::vector<std::int64_t> items(static_cast<std::size_t>(product(shape)));
    for (std::int64_t& item : items) item = pick(-most, most);
    if (dtype == "i8") restyle(shape, items);
    std::string name = fresh(), texts;
    for (const double s : scales) texts += (texts.empty() ? "" : ", ") + real(s);
    text_ += fmt::format("const %{}: {}{} quant(axis=0, scale=[{}], zero_point={}) = {}\n", name, dtype, list(shape), texts,
                         list(std::vector<std::int64_t>(scales.size(), 0)), list(items));
    return "%" + name;
  }

  // Kernels differ by what weights there are: of four bits, at the ends of the range, zero in blocks or here and there.
  void restyle(const std::vector<std::int64_t>& shape, std::vector<std::int64_t>& items) {
    const std::int64_t style = unconnected_ ? pick(0, 6) : 0, depth = product(shape) / shape[0];
    const std::int64_t height = style == 3 ? 4 : 1, width = style == 3 ? 2 * pick(1, 2) : 1;
    std::map<std::pair<std::int64_t, std::int64_t>, bool> zero;
    for (std::int64_t i = 0; i < product(shape); ++i) {
      std::int64_t& item = items[static_cast<std::size_t>(i)];
      if (style == 1) item = item % 8;
      if (style == 2) item = flip() ? 127 : -pick(127, 128);
      if (style != 3 && style != 4) continue;
      const auto [block, fresh_block] = zero.try_emplace({i / depth / height, i % depth / width});
      if (fresh_block) block->second = flip();
      if (block->second) item = 0;
    }
  }

  // Weights, bias and a result scale that make about a quarter of the results saturate.
  struct Dense {
    std::string operands;
    double out_scale;
  };
  Dense dense(const Value& x, const std::vector<std::int64_t>& weights, bool may_have_bias) {
    std::vector<double> scales, bias_scales;
    const double common = scale();
    for (std::int64_t i = 0; i < weights[0]; ++i) scales.push_back(static_cast<double>(static_cast<float>(common * rng_.uniform(0.3, 1))));
    for (const double s : scales) bias_scales.push_back(s * x.scale);
    const auto depth = static_cast<double>(product(weights) / weights[0]);
    std::string operands = use(x) + ", " + constant(weights, scales, "i8", 127);
    if (may_have_bias) operands += ", " + (flip() ? constant({weights[0]}, bias_scales, "i32", 4000) : std::string("none"));
    return {operands, x.scale * common * std::sqrt(depth) * rng_.uniform(0.4, 60)};
  }

  void conv() {
    const Value x = some();
    const std::int64_t h = x.shape[1], w = x.shape[2], c = x.shape[3];
    const int kind = static_cast<int>(pick(0, 3));
    const bool pointwise = kind == 0, depthwise = kind == 1, grouped = kind == 2 && c % 2 == 0;
    const std::int64_t kh = pointwise ? 1 : std::min<std::int64_t>(h, depthwise ? 3 : pick(1, 4)), kw = pointwise ? 1 : std::min<std::int64_t>(w, depthwise ? 3 : pick(1, 4));
    const std::int64_t sy = pointwise ? 1 : pick(1, 2), sx = pointwise ? 1 : pick(1, 2);
    const std::int64_t dy = kh > 1 && 2 * (kh - 1) < h && pick(0, 3) == 0 ? 2 : 1, dx = kw > 1 && 2 * (kw - 1) < w && pick(0, 3) == 0 ? 2 : 1;
    std::vector<std::int64_t> pads(4, 0);
    if (!pointwise) pads = {pick(0, kh - 1), pick(0, kw - 1), pick(0, kh - 1), pick(0, kw - 1)};
    const std::int64_t groups = depthwise ? c : grouped ? 2 : 1;
    const std::int64_t outputs = depthwise ? c : grouped ? 2 * pick(1, 4) : pick(1, 10);
    const auto made = dense(x, {outputs, kh, kw, c / groups}, true);
    Value y = result({1, (h + pads[0] + pads[2] - dy * (kh - 1) - 1) / sy + 1, (w + pads[1] + pads[3] - dx * (kw - 1) - 1) / sx + 1, outputs},
                     made.out_scale, pick(-128, 127));
    add(y, fmt::format("conv2d({}) {{strides=[{}, {}], dilations=[{}, {}], pads={}, groups={}{}}}", made.operands, sy, sx, dy, dx,
                       list(pads), groups, clamp(y)));
  }

  void fully_connected() {
    const Value x = some();
    const Value flat = result({1, product(x.shape)}, x.scale, x.zero);
    add(flat, fmt::format("reshape({}) {{shape={}}}", use(x), list(flat.shape)));
    values_.pop_back();
    const std::int64_t n = pick(1, 9) * pick(1, 2);
    const auto made = dense(flat, {n, flat.shape[1]}, true);
    Value y = result({1, n}, made.out_scale, pick(-128, 127));
    add(y, fmt::format("fully_connected({}){}", made.operands, flip() ? " {clamp_low=0.0}" : ""));
    to_four(y);
  }

  // A [1,N] value becomes [1,1,1,N], which every layer takes.
  void to_four(const Value& y) {
    values_.pop_back();
    const Value four = result({1, 1, 1, y.shape[1]}, y.scale, y.zero);
    add(four, fmt::format("reshape(%{}) {{shape={}}}", y.name, list(four.shape)));
  }

  void matmul() {
    const Value x = some();
    const Value turned = result({1, x.shape[1], x.shape[3], x.shape[2]}, x.scale, x.zero);
    add(turned, fmt::format("transpose({}) {{perm=[0, 1, 3, 2]}}", use(x)));
    Value y = result({1, x.shape[1], x.shape[2], x.shape[2]}, x.scale * x.scale * 40 * rng_.uniform(0.5, 20), pick(-128, 127));
    add(y, fmt::format("matmul({}, {})", use(x), use(turned)));
  }

  void element_wise() {
    const Value x = some();
    switch (pick(0, 4)) {
      case 0: return add(result(x.shape, x.scale, x.zero), fmt::format("clip({}) {{low={}, high={}}}", use(x), real(-x.scale * 40), real(x.scale * 30)));
      case 1: {
        Value y = result(x.shape, x.scale * rng_.uniform(0.2, 3), pick(-128, 127));
        return add(y, fmt::format("requantize({}) {{scale={}, zero_point={}}}", use(x), real(y.scale), y.zero));
      }
      case 2: return add(result(x.shape, x.scale, x.zero), fmt::format("relu({})", use(x)));
      case 3:
        if (flip()) return add(result(x.shape, 20.0 / 256, 127), fmt::format("log_softmax({}) {{axis={}}}", use(x), pick(1, 3)));
        return add(result(x.shape, 1.0 / 256, -128), fmt::format("softmax({}) {{axis={}}}", use(x), pick(1, 3)));
      default: {
        std::vector<std::int64_t> items(256);
        for (std::int64_t& item : items) item = pick(-128, 127);
        const std::string table = fresh();
        text_ += fmt::format("const %{}: i8[256] = {}\n", table, list(items));
        return add(result(x.shape, scale(), pick(-128, 127)), fmt::format("lookup_table({}, %{})", use(x), table));
      }
    }
  }

  void binary() {
    const Value a = some();
    const std::string op = std::vector<std::string>{"add", "sub", "mul"}[static_cast<std::size_t>(pick(0, 2))];
    Value b = a;
    for (const Value& candidate : values_)
      if (candidate.shape == a.shape && (b.name == a.name || flip())) b = candidate;
    if (pick(0, 2) == 0) {  // one value per channel, broadcast
      const Value mean = result({1, 1, 1, a.shape[3]}, a.scale, a.zero);
      add(mean, fmt::format("reduce_mean({}) {{axes=[1, 2], keepdims=1}}", use(a)));
      b = mean;
    }
    const double wanted = op == "mul" ? a.scale * b.scale * 60 : (a.scale + b.scale);
    Value y = result(a.shape, wanted * rng_.uniform(0.4, 2), pick(-128, 127));
    add(y, fmt::format("{}({}, {}){}", op, use(a), use(b), flip() ? " {clamp_low=0.0}" : ""));
  }

  // Kernels of comparisons, quotients and norms.
  void compare() {
    const Value x = some();
    const std::vector<std::int64_t> shape{1, 1, x.shape[2], x.shape[3]};
    switch (pick(0, 4)) {
      case 0: return add(result(shape, x.scale, x.zero), fmt::format("reduce_{}({}) {{axes=[1], keepdims=1}}", flip() ? "max" : "min", use(x)));
      case 1:
        return add(result(shape, x.scale * rng_.uniform(1, 4), pick(-128, 127)),
                   fmt::format("reduce_{}({}) {{axes=[1], keepdims=1}}", flip() ? "l2" : "sum", use(x)));
      case 2: {
        const Value mean = result({1, 1, 1, x.shape[3]}, x.scale, x.zero);
        add(mean, fmt::format("reduce_mean({}) {{axes=[1, 2], keepdims=1}}", use(x)));
        return add(result(x.shape, x.scale, x.zero), fmt::format("{}({}, {})", flip() ? "max" : "min", use(x), use(mean)));
      }
      case 3: {
        const bool divides = flip();
        return add(result(x.shape, divides ? 0.05 : x.scale * rng_.uniform(0.5, 2), pick(-128, 127)),
                   fmt::format("{}({}, {})", divides ? "div" : "prelu", use(x), use(x)));
      }
      default:
        return add(result({1, x.shape[1], x.shape[2], x.shape[3]}, x.scale * rng_.uniform(0.5, 2), pick(-128, 127)),
                   fmt::format("lp_pool({}) {{kernel=[1, 1], strides=[1, 1], dilations=[1, 1], pads=[0, 0, 0, 0], p=2}}", use(x)));
    }
  }

  void pool() {
    const Value x = some();
    const std::int64_t kh = std::min<std::int64_t>(pick(1, 3), x.shape[1]), kw = std::min<std::int64_t>(pick(1, 3), x.shape[2]);
    const std::int64_t sy = pick(1, 2), sx = pick(1, 2);
    const std::vector<std::int64_t> pads{pick(0, kh - 1), pick(0, kw - 1), pick(0, kh - 1), pick(0, kw - 1)};
    const bool average = flip();
    Value y = result({1, (x.shape[1] + pads[0] + pads[2] - kh) / sy + 1, (x.shape[2] + pads[1] + pads[3] - kw) / sx + 1, x.shape[3]},
                     average ? x.scale * rng_.uniform(0.4, 1.5) : x.scale, average ? pick(-128, 127) : x.zero);
    add(y, fmt::format("{}({}) {{kernel=[{}, {}], strides=[{}, {}], dilations=[1, 1], pads={}{}}}", average ? "average_pool" : "max_pool",
                       use(x), kh, kw, sy, sx, list(pads), average ? fmt::format(", count_include_pad={}", pick(0, 1)) : ""));
  }

  void move() {
    const Value x = some();
    switch (pick(0, 4)) {
      case 0: {
        const auto s = x.shape;
        return add(result({1, s[3], s[1], s[2]}, x.scale, x.zero), fmt::format("transpose({}) {{perm=[0, 3, 1, 2]}}", use(x)));
      }
      case 1: return add(result({1, x.shape[2], x.shape[1], x.shape[3]}, x.scale, x.zero),
                         fmt::format("reshape({}) {{shape={}}}", use(x), list({1, x.shape[2], x.shape[1], x.shape[3]})));
      case 2: {
        const std::vector<std::int64_t> pads{0, pick(0, 2), pick(0, 2), pick(0, 1), 0, pick(0, 2), pick(0, 2), pick(0, 1)};
        std::vector<std::int64_t> shape = x.shape;
        for (std::size_t i = 0; i < 4; ++i) shape[i] += pads[i] + pads[i + 4];
        return add(result(shape, x.scale, x.zero),
                   fmt::format("pad({}) {{pads={}, mode=\"constant\", value={}}}", use(x), list(pads), real(x.scale * static_cast<double>(pick(-9, 9)))));
      }
      case 3: {
        const std::int64_t axis = pick(1, 3);
        std::vector<std::int64_t> shape = x.shape;
        shape[static_cast<std::size_t>(axis)] *= 2;
        Value same = x;
        for (const Value& candidate : values_)
          if (candidate.shape == x.shape && candidate.scale == x.scale && candidate.zero == x.zero) same = candidate;
        return add(result(shape, x.scale, x.zero), fmt::format("concat({}, {}) {{axis={}}}", use(x), use(same), axis));
      }
      default: {
        Value y = result({1, 1, x.shape[2], x.shape[3]}, x.scale * rng_.uniform(0.3, 1), pick(-128, 127));
        return add(y, fmt::format("reduce_mean({}) {{axes=[1], keepdims=1}}", use(x)));
      }
    }
  }

  void layer() {
    if (product(values_.back().shape) > 2000) return element_wise();
    switch (pick(0, 8)) {
      case 8: return compare();
      case 0: case 1: case 2: return conv();
      case 3: return fully_connected();
      case 4: return element_wise();
      case 5: return binary();
      case 6: return flip() ? pool() : matmul();
      default: return move();
    }
  }

  // --- layers by themselves, of shapes that kernels are chosen by

  void input(std::vector<std::int64_t> shape) {
    const Value x{fresh(), std::move(shape), scale(), pick(-128, 127)};
    input_ = fmt::format("input %{}: {}\n", x.name, type(x));
    values_.push_back(x);
  }

  void kernel_case() {
    unconnected_ = true;
    switch (pick(0, 10)) {
      case 10: return window_case(3, 3, 1);
      case 0: case 1: case 2: return window_case(1, 1, 1);
      case 3: return window_case(pick(1, 5), pick(1, 5), 1);
      case 4: case 5: return depthwise_case();
      case 6: return planar_case();
      case 7: case 8:
        input({1, 1, 1, pick(1, 70) * pick(1, 6)});
        return fully_connected();
      default:
        input({1, pick(1, 9), pick(1, 9), channels()});
        return flip() ? pool() : flip() ? binary() : element_wise();
    }
  }

  std::int64_t channels() { return flip() ? 4 * pick(1, 12) : pick(1, 40); }

  void window_case(std::int64_t kh, std::int64_t kw, std::int64_t groups) {
    const std::int64_t stride = kh * kw == 1 && pick(0, 7) != 0 ? 1 : pick(1, 2);
    const std::int64_t c = groups == 1 ? channels() : groups, h = pick(kh, kh + 7), w = pick(kw, kw + 9);
    input({1, h, w, c});
    const std::int64_t most_h = kh / 2, most_w = kw / 2;
    const std::vector<std::int64_t> pads{pick(0, most_h), pick(0, most_w), pick(0, most_h), pick(0, most_w)};
    const std::int64_t outputs = groups == 1 ? channels() : groups;
    const Value x = values_.back();
    const auto made = dense(x, {outputs, kh, kw, c / groups}, true);
    const Value y = result({1, (h + pads[0] + pads[2] - kh) / stride + 1, (w + pads[1] + pads[3] - kw) / stride + 1, outputs},
                           made.out_scale, pick(-128, 127));
    add(y, fmt::format("conv2d({}) {{strides=[{}, {}], pads={}, dilations=[1, 1], groups={}{}}}", made.operands, stride, stride, list(pads),
                       groups, clamp(y)));
  }

  void depthwise_case() {
    const std::int64_t shape = pick(0, 4);
    if (shape == 0) return window_case(5, 5, channels());
    if (shape == 1) return window_case(pick(1, 9), 1, channels());
    window_case(3, 3, channels());
  }

  void planar_case() {
    const std::int64_t kh = pick(1, 4), kw = pick(0, 3) == 0 ? pick(1, 5) : 3, stride = pick(1, 2), h = pick(kh, kh + 8), w = pick(kw, kw + 9);
    const std::int64_t c = pick(1, 4), outputs = channels();
    input({1, c, h, w});
    const std::vector<std::int64_t> pads{pick(0, kh / 2), pick(0, kw / 2), pick(0, kh / 2), pick(0, kw / 2)};
    const auto made = dense(values_.back(), {outputs, kh, kw, c}, true);
    const Value y = result({1, (h + pads[0] + pads[2] - kh) / stride + 1, (w + pads[1] + pads[3] - kw) / stride + 1, outputs},
                           made.out_scale, pick(-128, 127));
    add(y, fmt::format("conv2d_planar({}) {{strides=[{}, {}], pads={}, dilations=[1, 1], groups=1{}}}", made.operands, stride, stride,
                       list(pads), clamp(y)));
  }

  Rng& rng_;
  const int layers_;
  bool unconnected_ = false;
  std::string input_;
  int names_ = 0;
  std::string text_;
  std::vector<Value> values_;
  std::set<std::string> read_;
};

}  // namespace

std::string random_quantized_graph(Rng& rng, int layers) { return Writer(rng, layers).text(); }
std::string random_single_layers(Rng& rng, int layers) { return Writer(rng, layers).unconnected(); }

TEST_CASE("random graphs are valid and meet every int8 operator") {
  Rng rng(11);
  std::map<std::string, int> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string text = random_quantized_graph(rng, 14);
    const auto graph = parse_graph(text, all_ops());
    INFO(text);
    if (!graph.ok()) FAIL(graph.error().to_string());
    for (const NodeId id : graph->nodes()) ++seen[std::string(graph->node(id).op().name)];
  }
  for (const char* op : {"add", "average_pool", "clip", "concat", "conv2d", "div", "fully_connected", "log_softmax", "lookup_table",
                         "lp_pool", "matmul", "max", "max_pool", "min", "mul", "pad", "prelu", "reduce_l2", "reduce_max", "reduce_mean",
                         "reduce_min", "reduce_sum", "relu", "requantize", "reshape", "softmax", "sub", "transpose"}) {
    INFO(op);
    CHECK(seen[op] >= 5);
  }
}

}  // namespace tinyc::test
