#pragma once
// A node of a float graph with random operands, and the kernels it lowers to: for comparing them with the interpreter.

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"
#include "tests/lib/runtime/kernel_case.h"

namespace tinyc::float_case {

// --- kernels by name --------------------------------------------------------------------------------

using Kernel = std::function<void(const void* params, const std::vector<void*>& arguments)>;
using Kernels = std::map<std::string, Kernel>;

template <class Params, class... Arguments>
Kernel kernel(void (*function)(const Params*, Arguments...)) {
  return [function](const void* params, const std::vector<void*>& arguments) {
    REQUIRE(arguments.size() == sizeof...(Arguments));
    [&]<std::size_t... i>(std::index_sequence<i...>) {
      function(static_cast<const Params*>(params), static_cast<Arguments>(arguments[i])...);
    }(std::index_sequence_for<Arguments...>());
  };
}

// --- a case -----------------------------------------------------------------------------------------

struct Case {
  std::string op;
  std::vector<Tensor> operands;
  Attributes attributes = {};
  std::set<std::size_t> constants = {};  // operands that are
  std::set<std::size_t> absent = {};     // operands that are not there
};

inline std::string difference(const Tensor& expected, const Tensor& actual) {
  if (expected.dtype() != DType::f32) return expected == actual ? "" : "integers differ";
  const auto want = expected.data<float>(), have = actual.data<float>();
  for (std::size_t i = 0; i < want.size(); ++i) {
    const bool same = want[i] == have[i] || (std::isnan(want[i]) && std::isnan(have[i]));
    if (!same && !(std::fabs(want[i] - have[i]) <= 1e-5f * (1 + std::fabs(want[i]))))
      return "element " + std::to_string(i) + " is " + std::to_string(have[i]) + ", not " + std::to_string(want[i]);
  }
  return "";
}

// Bytes around a tensor's, which nobody may write.
struct Guarded {
  static constexpr std::size_t margin = 32;
  std::vector<std::uint64_t> words;
  std::size_t size;

  explicit Guarded(std::size_t bytes) : words(bytes / 8 + 1 + 2 * margin / 8, 0x5a5a5a5a5a5a5a5a), size(bytes) {}
  std::byte* data() { return reinterpret_cast<std::byte*>(words.data()) + margin; }
  bool intact() {
    const auto* all = reinterpret_cast<const std::byte*>(words.data());
    for (std::size_t i = 0; i < words.size() * 8; ++i)
      if ((i < margin || i >= margin + size) && all[i] != std::byte{0x5a}) return false;
    return true;
  }
};

// Requires that the calls compute what the interpreter does and write nothing else, also with the result where an operand is
// when the operator allows that; the kernels that were called.
inline std::set<std::string> check_case(const Case& test, const Kernels& kernels) {
  Graph graph;
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < test.operands.size(); ++i) {
    const Tensor& tensor = test.operands[i];
    const std::string name = "x" + std::to_string(i);
    ids.push_back(test.absent.contains(i)      ? ValueId{}
                  : test.constants.contains(i) ? graph.add_constant(name, tensor)
                                               : graph.add_input(name, {tensor.dtype(), tensor.shape()}));
  }
  const auto results = Builder(graph, all_ops()).emit_all(test.op, test.op, ids, test.attributes);
  if (!results.ok()) FAIL(results.error().to_string());
  const NodeView node = view(graph, graph.value(results->front()).producer());
  CAPTURE(test.op, node.operand(0).to_string(), node.result().to_string());
  std::vector<const Tensor*> in;
  std::vector<Tensor> expected;
  for (std::size_t i = 0; i < test.operands.size(); ++i) in.push_back(test.absent.contains(i) ? nullptr : &test.operands[i]);
  for (const Value* result : node.results) expected.emplace_back(result->type().dtype, result->type().shape);
  REQUIRE((*node.op.eval_float)(node, in, expected).ok());
  REQUIRE(node.op.lower_float);
  const auto calls = (*node.op.lower_float)(node, {});
  if (!calls.ok()) FAIL(calls.error().to_string());

  std::vector<Tensor> inputs = test.operands;
  std::vector<Guarded> outputs;
  for (const Tensor& tensor : expected) outputs.emplace_back(tensor.bytes().size());
  ValueId in_place;  // an operand that lies where the result does
  const auto place = [&](ValueId id) -> void* {
    if (!id.valid()) return nullptr;
    if (id == in_place) return outputs[0].data();
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (ids[i] == id) return inputs[i].mutable_bytes().data();
    for (std::size_t i = 0; i < outputs.size(); ++i)
      if ((*results)[i] == id) return outputs[i].data();
    return nullptr;
  };
  const auto run = [&] {
    for (const KernelCall& call : *calls) {
      CAPTURE(call.kernel);
      REQUIRE(kernels.contains(call.kernel));
      std::vector<void*> arguments;
      for (const ValueId id : call.inputs) arguments.push_back(place(id));
      for (const ValueId id : call.outputs) arguments.push_back(place(id));
      Guarded scratch(static_cast<std::size_t>(call.scratch.count));
      if (call.scratch.count > 0) arguments.push_back(scratch.data());
      kernels.at(call.kernel)(pack_params(call).data(), arguments);
      REQUIRE(scratch.intact());
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      REQUIRE(outputs[i].intact());
      std::vector<std::byte> bytes(outputs[i].data(), outputs[i].data() + outputs[i].size);
      REQUIRE(difference(expected[i], Tensor(expected[i].dtype(), expected[i].shape(), std::move(bytes))) == "");
    }
  };
  run();
  if (const int shared = node.op.in_place_operand; shared >= 0 && node.operand(shared) == node.result()) {
    const auto operand = inputs[static_cast<std::size_t>(shared)].bytes();
    if (!operand.empty()) std::memcpy(outputs[0].data(), operand.data(), operand.size());
    in_place = node.operand_ids[static_cast<std::size_t>(shared)];
    run();
  }
  std::set<std::string> called;
  for (const KernelCall& call : *calls) called.insert(call.kernel);
  return called;
}

// Random cases of each maker, as many as it says; every kernel must be called.
using Maker = Case (*)(Rng&, int round);
inline void check_cases(const Kernels& kernels, const std::vector<std::pair<Maker, int>>& makers) {
  std::set<std::string> called;
  for (const auto& [make, rounds] : makers) {
    Rng rng(7);
    for (int round = 0; round < rounds; ++round) called.merge(check_case(make(rng, round), kernels));
  }
  for (const auto& [name, function] : kernels) {
    CAPTURE(name);
    CHECK(called.contains(name));
  }
}

inline Tensor reals(Rng& rng, const Shape& shape, double low, double high) {
  Tensor tensor(DType::f32, shape);
  for (float& value : tensor.mutable_data<float>()) value = static_cast<float>(rng.uniform(low, high));
  return tensor;
}

}  // namespace tinyc::float_case
