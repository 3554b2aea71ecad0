#pragma once
// The parameters of a kernel call by name, and counts as they accumulate.

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "lib/cost/counts.h"

namespace tinyc {

struct CallFacts {
  const KernelCall& call;
  bool dsp = false;

  const KernelParam* find(std::string_view name) const {
    const auto found = std::find_if(call.params.begin(), call.params.end(), [&](const KernelParam& p) { return p.name == name; });
    return found == call.params.end() ? nullptr : &*found;
  }
  // 0 for what the kernel has not.
  std::int64_t operator[](std::string_view name) const {
    const KernelParam* param = find(name);
    const auto* value = param ? std::get_if<std::int64_t>(&param->value) : nullptr;
    return value ? *value : 0;
  }
  const Tensor* table(std::string_view name) const {
    const KernelParam* param = find(name);
    const auto* table = param ? std::get_if<Table>(&param->value) : nullptr;
    return table ? &table->data : nullptr;
  }
  bool clamps() const { return (*this)["clamp_low"] > -128 || (*this)["clamp_high"] < 127; }
};

class Tally {
 public:
  explicit Tally(CallCounts& counts) : counts_(counts) {}
  template <class Number>
  void add(std::string_view term, Number turns) {
    if (turns == 0) return;
    auto& list = counts_.counts;
    const auto found = std::find_if(list.begin(), list.end(), [&](const Count& count) { return count.term == term; });
    if (found == list.end())
      list.push_back({term, static_cast<double>(turns)});
    else
      found->turns += static_cast<double>(turns);
  }

 private:
  CallCounts& counts_;
};

// One axis of a sliding window: over all outputs.
struct AxisCounts {
  std::int64_t outputs = 0;
  std::int64_t whole = 0;        // outputs whose taps all lie inside the input
  std::int64_t taps = 0;         // inside the input, of all outputs
  std::int64_t whole_pairs = 0;  // of neighbouring outputs (2i, 2i + 1), both whole
};

inline AxisCounts axis_counts(std::int64_t outputs, std::int64_t size, std::int64_t kernel, std::int64_t stride,
                              std::int64_t dilation, std::int64_t pad) {
  AxisCounts counts;
  counts.outputs = outputs;
  bool before = false;
  for (std::int64_t o = 0; o < outputs; ++o) {
    std::int64_t inside = 0;
    for (std::int64_t k = 0; k < kernel; ++k) {
      const std::int64_t at = o * stride - pad + k * dilation;
      if (at >= 0 && at < size) ++inside;
    }
    const bool whole = inside == kernel;
    counts.whole += whole;
    counts.taps += inside;
    counts.whole_pairs += o % 2 == 1 && whole && before;
    before = whole;
  }
  return counts;
}

inline std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// What counts_*.cpp offer to the table.
void count_conv2d_packed(const CallFacts& p, Tally& t);
void count_conv2d_1x1_packed(const CallFacts& p, Tally& t);
void count_conv2d_planar_packed(const CallFacts& p, Tally& t);
void count_fully_connected_packed(const CallFacts& p, Tally& t);
void count_conv2d(const CallFacts& p, Tally& t);
void count_conv2d_1x1(const CallFacts& p, Tally& t);
void count_conv2d_planar(const CallFacts& p, Tally& t);
void count_fully_connected(const CallFacts& p, Tally& t);
void count_depthwise(const CallFacts& p, Tally& t);
void count_depthwise_3x3(const CallFacts& p, Tally& t);
void count_depthwise_3x3_stride2(const CallFacts& p, Tally& t);
void count_conv2d_1x1_mve(const CallFacts& p, Tally& t);
void count_conv2d_mve(const CallFacts& p, Tally& t);
void count_conv2d_gather_mve(const CallFacts& p, Tally& t);
void count_conv2d_1x1_shallow_mve(const CallFacts& p, Tally& t);
void count_depthwise_triple(const CallFacts& p, Tally& t);
void count_conv2d_1x1_decoded(const CallFacts& p, Tally& t);
void count_fully_connected_mve(const CallFacts& p, Tally& t);
void count_depthwise_3x3_mve(const CallFacts& p, Tally& t);
void count_conv2d_1x1_triple(const CallFacts& p, Tally& t);
void count_conv2d_triple(const CallFacts& p, Tally& t);
void count_conv2d_offset_triple(const CallFacts& p, Tally& t);
void count_fully_connected_quad(const CallFacts& p, Tally& t);
void count_depthwise_walk(const CallFacts& p, Tally& t);
void count_depthwise_walk_stride2(const CallFacts& p, Tally& t);
void count_conv2d_winograd(const CallFacts& p, Tally& t);

}  // namespace tinyc
