#include "passes/compress/quantize_table.h"

#include <cmath>

#include "lib/exec/interpreter.h"
#include "lib/ir/builder.h"
#include "lib/quant/requantize.h"

namespace tinyc::passes {

Result<Tensor> function_table(const Graph& graph, NodeId id, OpTable ops, const Quantization& operand,
                              const Quantization& result) {
  const NodeView node = view(graph, id);
  Graph one;
  std::vector<ValueId> operands{one.add_input("x", Type{DType::f32, {256}})};
  for (int i = 1; i < node.operand_count(); ++i) {
    if (!node.has(i)) operands.push_back({});
    else operands.push_back(one.add_constant("constant", node.constant(i)->reshaped(Shape{})));
  }
  Builder builder(one, ops);
  one.set_outputs({TINYC_TRY(builder.emit(node.op.name, node.name, std::move(operands), node.attributes))});

  std::vector<float> reals(256);
  for (int stored = -128; stored < 128; ++stored)
    reals[static_cast<std::size_t>(stored + 128)] = static_cast<float>(
        static_cast<double>(operand.scale.front()) * (stored - operand.zero_point.front()));
  const Tensor input = Tensor::of<float>({256}, reals);
  const Tensor values = TINYC_TRY(run(one, {&input, 1})).front();
  Tensor table(DType::i8, {256});
  for (std::size_t i = 0; i < 256; ++i) {
    const float value = values.data<float>()[i];
    table.mutable_data<std::int8_t>()[i] =
        quantize_to_i8(std::isnan(value) ? 0.0 : value, result.scale.front(), result.zero_point.front());
  }
  return table;
}

}  // namespace tinyc::passes
