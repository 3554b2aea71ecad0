// Whatever the graph, no layer of a compiled model writes bytes that somebody still needs.

#include <fmt/core.h>

#include "lib/support/rng.h"
#include "passes/lower/lower.h"
#include "tests/support/text_graphs.h"

using namespace tinyc;
using tinyc::test::graph_of;

namespace {

// A random graph of element-wise layers, views, convolutions and joins.
std::string random_graph(Rng& rng) {
  std::string text = "graph \"random\" stage=quantized\n";
  std::vector<std::pair<std::string, int>> values;  // name, channels
  const auto inputs = rng.integer(1, 2);
  for (std::int64_t i = 0; i < inputs; ++i) {
    text += fmt::format("input %x{}: i8[1,3,3,4] quant(0.5:1)\n", i);
    values.emplace_back(fmt::format("x{}", i), 4);
  }
  for (int i = 0; i < 12; ++i) {
    const auto [name, channels] = values[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(values.size()) - 1))];
    const auto [other, others] = values[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(values.size()) - 1))];
    const std::string result = fmt::format("v{}", i), type = fmt::format("i8[1,3,3,{}] quant(0.5:1)", channels);
    switch (rng.integer(0, 3)) {
      case 0:
        text += fmt::format("%{}: {} = clip(%{}) {{low=0.0}}\n", result, type, name);
        break;
      case 1:
        text += fmt::format("%{}: {} = reshape(%{}) {{shape=[1, 3, 3, {}]}}\n", result, type, name, channels);
        break;
      case 2:
        if (others != channels) continue;
        text += fmt::format("%{}: {} = add(%{}, %{})\n", result, type, name, other);
        break;
      default: {
        const int outputs = static_cast<int>(rng.integer(1, rng.integer(0, 2) ? channels : 9));
        std::string ones = "1", scales = "0.1", zeros = "0";
        for (int k = 1; k < outputs * channels; ++k) ones += ", 1";
        for (int k = 1; k < outputs; ++k) scales += ", 0.1", zeros += ", 0";
        text += fmt::format("const %w{}: i8[{},1,1,{}] quant(axis=0, scale=[{}], zero_point=[{}]) = [{}]\n", i, outputs, channels, scales, zeros, ones);
        text += fmt::format("%{}: i8[1,3,3,{}] quant(0.5:1) = conv2d(%{}, %w{}, none) {{strides=[1, 1], dilations=[1, 1], pads=[0, 0, 0, 0], groups=1}}\n",
                            result, outputs, name, i);
        values.emplace_back(result, outputs);
        continue;
      }
    }
    values.emplace_back(result, channels);
  }
  text += "output %" + values.back().first;
  for (std::int64_t i = rng.integer(0, 2); i > 0; --i)
    text += ", %" + values[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(values.size()) - 1))].first;
  return text + "\n";
}

// The memory of a compiled model, each byte marked with the value that owns it now.
class Memory {
 public:
  explicit Memory(const CompiledModel& model) : model_(model) {
    spaces_.resize(1 + model.graph.inputs().size() + model.graph.outputs().size());
    spaces_[0].resize(static_cast<std::size_t>(model.arena.peak.count), -1);
    for (std::size_t i = 0; i < model.graph.inputs().size(); ++i) spaces_[1 + i].resize(bytes(model.graph.inputs()[i]), -1);
    for (std::size_t i = 0; i < model.graph.outputs().size(); ++i) output(static_cast<int>(i)).resize(bytes(model.graph.outputs()[i]), -1);
  }
  void write(ValueId value) { mark(value, static_cast<int>(value.index)); }
  void write_scratch(std::size_t layer) {
    const int buffer = model_.scratch_buffer[layer];
    if (buffer < 0) return;
    const auto begin = static_cast<std::size_t>(model_.scratch_offset(layer));
    const auto size = static_cast<std::size_t>(model_.buffers[static_cast<std::size_t>(buffer)].bytes);
    for (std::size_t i = 0; i < size; ++i) spaces_[0].at(begin + i) = -2;
  }
  // Whether every byte of the value's place still holds it, or the value that it is a view of.
  bool holds(ValueId value) {
    const auto [space, offset] = place(value);
    for (std::size_t i = 0; i < bytes(value); ++i)
      if (space->at(offset + i) != static_cast<int>(source(value).index)) return false;
    return true;
  }
  void copy_out(const OutputCopy& copy) {
    for (int& byte : output(copy.output)) byte = static_cast<int>(source(copy.source).index);
  }
  bool output_holds(std::size_t index) {
    const int expected = static_cast<int>(source(model_.graph.outputs()[index]).index);
    const auto& space = output(static_cast<int>(index));
    return std::all_of(space.begin(), space.end(), [&](int byte) { return byte == expected; });
  }
  ValueId source(ValueId value) const {
    for (;;) {
      const NodeId producer = model_.graph.value(value).producer();
      if (!producer.valid() || !model_.graph.node(producer).op().is_view) return value;
      value = model_.graph.node(producer).operands().front();
    }
  }

 private:
  std::size_t bytes(ValueId value) const { return static_cast<std::size_t>(model_.graph.value(value).type().bytes()); }
  std::vector<int>& output(int index) { return spaces_[1 + model_.graph.inputs().size() + static_cast<std::size_t>(index)]; }
  std::pair<std::vector<int>*, std::size_t> place(ValueId value) {
    const Placement& placement = model_.placement_of(value);
    if (placement.output >= 0) return {&output(placement.output), 0};
    if (placement.input >= 0) return {&spaces_[1 + static_cast<std::size_t>(placement.input)], 0};
    return {&spaces_[0], static_cast<std::size_t>(model_.offset_of(value))};
  }
  void mark(ValueId value, int owner) {
    const auto [space, offset] = place(value);
    for (std::size_t i = 0; i < bytes(value); ++i) space->at(offset + i) = owner;
  }

  const CompiledModel& model_;
  std::vector<std::vector<int>> spaces_;
};

// Where a call's result overlaps its operand, it begins as far before it as the kernel asks.
void check_overlap(const CompiledModel& model, const KernelCall& call) {
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const ValueId input = call.inputs[i], output = call.outputs.front();
    if (model.is_constant(input) || model.offset_of(input) < 0 || model.offset_of(output) < 0) continue;
    const std::int64_t from = model.offset_of(input), to = model.offset_of(output);
    const bool apart = to + model.graph.value(output).type().bytes() <= from || from + model.graph.value(input).type().bytes() <= to;
    if (apart || call.in_place_input < 0) continue;
    REQUIRE(static_cast<int>(i) == call.in_place_input);
    REQUIRE((call.lead == 0 ? to == from : to + call.lead <= from));
  }
}

void check(const CompiledModel& model) {
  Memory memory(model);
  for (const ValueId input : model.graph.inputs()) memory.write(input);
  auto copy = model.copies.begin();
  const auto copy_until = [&](std::size_t layer) {
    for (; copy != model.copies.end() && copy->before_layer <= static_cast<int>(layer); ++copy) {
      REQUIRE(memory.holds(copy->source));
      memory.copy_out(*copy);
    }
  };
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    copy_until(i);
    for (const KernelCall& call : model.layers[i].calls)
      for (const ValueId input : call.inputs)
        if (!model.is_constant(input)) REQUIRE(memory.holds(input));
    memory.write_scratch(i);
    for (const KernelCall& call : model.layers[i].calls) {
      check_overlap(model, call);
      for (const ValueId input : call.inputs)  // scratch overlaps no operand
        if (!model.is_constant(input)) REQUIRE(memory.holds(input));
      for (const ValueId result : call.outputs) memory.write(result);
    }
  }
  copy_until(model.layers.size());
  for (std::size_t i = 0; i < model.graph.outputs().size(); ++i) REQUIRE(memory.output_holds(i));
  if (model.external_input)
    for (const ValueId input : model.graph.inputs()) REQUIRE(memory.holds(input));
}

}  // namespace

TEST_CASE("no layer overwrites what is still needed, whatever the graph") {
  Rng rng(3);
  for (int trial = 0; trial < 300; ++trial) {
    const std::string text = random_graph(rng);
    INFO(text);
    for (const bool external : {false, true}) {
      for (const bool dsp : {false, true}) {
        const auto model = lower(graph_of(text), {.dsp = dsp}, {.external_input = external, .streams = false});
        REQUIRE(model.ok());
        check(*model);
      }
    }
  }
}
