#pragma once
// Compiles the kernel calls that operators lower to, as C99 with all warnings as errors, runs them on the host and
// compares every byte with the operators' own int8 evaluation. Three builds: the portable C, the one without a
// long multiply, and the DSP forms over arm_acle.h in C.

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "lib/exec/interpreter.h"
#include "lib/ir/builder.h"
#include "lib/ops/ops.h"
#include "lib/quant/affine.h"
#include "lib/support/rng.h"
#include "lib/support/subprocess.h"

namespace tinyc::kernel_test {

// A graph of quantized nodes; each input tensor belongs to the graph input at its place.
struct Case {
  Graph graph;
  std::vector<Tensor> inputs;
};

inline Tensor random_i8(Rng& rng, Shape shape, int low = -128, int high = 127) {
  Tensor tensor(DType::i8, std::move(shape));
  for (std::int8_t& x : tensor.mutable_data<std::int8_t>()) x = static_cast<std::int8_t>(rng.integer(low, high));
  return tensor;
}

inline Quantization random_parameters(Rng& rng) {
  return Quantization::per_tensor(static_cast<float>(std::exp2(rng.uniform(-9, 3))),
                                  static_cast<std::int32_t>(rng.integer(-128, 127)));
}

// Builds one-node cases: operands are added in order, then finish() makes the node.
class CaseBuilder {
 public:
  ValueId input(Tensor tensor, Quantization parameters) {
    const ValueId id = made_.graph.add_input("x", Type{tensor.dtype(), tensor.shape(), std::move(parameters)});
    made_.inputs.push_back(std::move(tensor));
    return id;
  }
  ValueId constant(Tensor tensor, std::optional<Quantization> parameters = {}) {
    return made_.graph.add_constant("c", std::move(tensor), std::move(parameters));
  }
  // Without `result` the parameters are those that inference finds.
  Case finish(std::string_view op, std::vector<ValueId> operands, Attributes attributes,
              std::optional<Quantization> result = {}) {
    Builder builder(made_.graph, all_ops());
    auto value = builder.emit(op, op, std::move(operands), std::move(attributes));
    if (!value.ok()) FAIL(value.error().to_string());
    if (result) {
      Type type = made_.graph.value(*value).type();
      type.quantization = std::move(result);
      made_.graph.set_type(*value, type);
    }
    made_.graph.set_outputs({*value});
    return std::move(made_);
  }

 private:
  Case made_;
};

class Program {
 public:
  // Adds every node of the case, in order, and the comparison of each with int8 evaluation.
  void add(const Case& c, const CoreFeatures& features) {
    std::vector<Tensor> values(c.graph.value_bound());
    const auto outputs = run(c.graph, c.inputs, [&](ValueId id, const Tensor& tensor) { values[id.index] = tensor; });
    if (!outputs.ok()) FAIL(outputs.error().to_string());
    for (const NodeId node : c.graph.nodes()) add_node(view(c.graph, node), values, features);
  }

  std::string text() const {
    std::string includes;
    for (const std::string& kernel : kernels_) includes += "#include \"lib/runtime/" + kernel.substr(6) + ".h\"\n";
    return includes + "#include <stdio.h>\n" + functions_ + "int main(void) {\n" + main_ + "  return 0;\n}\n";
  }

 private:
  static std::string c_type(DType dtype) {
    switch (dtype) {
      case DType::i8: return "int8_t";
      case DType::u8: return "uint8_t";
      case DType::i16: return "int16_t";
      case DType::u16: return "uint16_t";
      case DType::i32: return "int32_t";
      case DType::u32: return "uint32_t";
      case DType::f32: return "float";
      default: FAIL("no C type of a kernel's table"); return {};
    }
  }

  static void array(std::ostream& out, const std::string& name, const Tensor& tensor) {
    out << "static const " << c_type(tensor.dtype()) << ' ' << name << "[] __attribute__((aligned(4))) = {";
    for (const std::int64_t x : tensor.to_integers()) {
      if (x == INT32_MIN) out << "(-2147483647 - 1),";
      else out << x << (x > INT32_MAX ? "u," : ",");
    }
    out << "};\n";
  }

  void add_node(const NodeView& node, const std::vector<Tensor>& values, const CoreFeatures& features) {
    if (!node.op.lower) FAIL(std::string(node.op.name) + ": " + std::string(node.op.lower.reason()));
    const auto calls = (*node.op.lower)(node, features);
    if (!calls.ok()) FAIL(calls.error().to_string());
    const std::string id = "case" + std::to_string(count_++);
    std::ostringstream out, body;
    std::set<std::uint32_t> declared;
    const auto name = [&](ValueId value) { return id + "_v" + std::to_string(value.index); };
    // Activations are written into buffers with guard bytes behind them.
    const auto declare = [&](ValueId value, std::int64_t bytes) {
      if (!declared.insert(value.index).second) return;
      out << "static int8_t " << name(value) << '[' << bytes + 8 << "] __attribute__((aligned(8)));\n";
    };
    for (std::size_t i = 0; i < node.operands.size(); ++i) {
      if (!node.operands[i] || node.operands[i]->is_constant() || declared.contains(node.operand_ids[i].index)) continue;
      declared.insert(node.operand_ids[i].index);
      array(out, name(node.operand_ids[i]), values[node.operand_ids[i].index]);
    }
    for (std::size_t i = 0; i < node.results.size(); ++i) declare(node.result_ids[i], node.results[i]->type().bytes());
    for (std::size_t k = 0; k < calls->size(); ++k)
      add_call((*calls)[k], id + "_call" + std::to_string(k), name, out, body);
    functions_ += out.str();
    std::string function = "static void " + id + "(void) {\n  int i;\n";
    for (std::size_t i = 0; i < node.results.size(); ++i) {
      std::ostringstream expected;
      array(expected, id + "_expected" + std::to_string(i), values[node.result_ids[i].index]);
      functions_ += expected.str();
    }
    function += body.str();
    for (std::size_t i = 0; i < node.results.size(); ++i) {
      const std::string got = name(node.result_ids[i]), wanted = id + "_expected" + std::to_string(i);
      const std::string bytes = std::to_string(node.results[i]->type().bytes());
      function += "  for (i = 0; i < " + bytes + "; ++i)\n    if (" + got + "[i] != ((const int8_t *)" + wanted +
                  ")[i]) {\n      printf(\"" + id + " " + std::string(node.op.name) + ": byte %d is %d, expected %d\\n\", i, " +
                  got + "[i], ((const int8_t *)" + wanted + ")[i]);\n      break;\n    }\n";
      function += "  for (i = 0; i < 8; ++i)\n    if (" + got + "[" + bytes + " + i] != 0) printf(\"" + id + " " +
                  std::string(node.op.name) + ": writes beyond its result\\n\");\n";
    }
    functions_ += function + "}\n";
    main_ += "  " + id + "();\n";
  }

  template <class Name>
  void add_call(const KernelCall& call, const std::string& id, Name name, std::ostream& out, std::ostream& body) {
    kernels_.insert(call.kernel);
    std::string fields;
    for (const KernelParam& param : call.params) {
      if (!fields.empty()) fields += ", ";
      if (const auto* table = std::get_if<Table>(&param.value)) {
        array(out, id + "_" + param.name, table->data);
        fields += id + "_" + param.name;
      } else {
        const std::int64_t value = std::get<std::int64_t>(param.value);
        fields += value == INT32_MIN ? "(-2147483647 - 1)" : std::to_string(value);
      }
    }
    out << "static const " << call.kernel << "_params " << id << " = {" << fields << "};\n";
    if (call.scratch.count > 0)
      out << "static int32_t " << id << "_scratch[" << (call.scratch.count + 3) / 4 << "];\n";
    body << "  " << call.kernel << "(&" << id;
    for (const ValueId value : call.inputs) body << ", " << name(value);
    for (const ValueId value : call.outputs) body << ", " << name(value);
    if (call.scratch.count > 0) body << ", " << id << "_scratch";
    body << ");\n";
  }

  std::set<std::string> kernels_;
  std::string functions_, main_;
  int count_ = 0;
};

inline void run_program(const Program& program, const std::vector<std::string>& flags) {
  auto directory = TemporaryDirectory::make();
  if (!directory.ok()) FAIL(directory.error().to_string());
  const std::string source = (directory->path() / "kernels.c").string(), binary = (directory->path() / "kernels").string();
  std::ofstream(source) << program.text();
  std::vector<std::string> compile{"cc", "-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow",
                                   "-Werror", "-fsanitize=undefined", "-fno-sanitize-recover=all",
                                   "-I" TINYC_SOURCE_DIR, source, "-o", binary};
  compile.insert(compile.end(), flags.begin(), flags.end());
  const auto compiled = run_subprocess({.arguments = compile});
  if (!compiled.ok()) FAIL(compiled.error().to_string());
  INFO(compiled->errors);
  REQUIRE(compiled->exit_code == 0);
  const auto ran = run_subprocess({.arguments = {binary}});
  if (!ran.ok()) FAIL(ran.error().to_string());
  INFO(ran->errors);
  CHECK(ran->output == "");
  CHECK(ran->exit_code == 0);
}

// Every form of every kernel that the cases lower to agrees with int8 evaluation.
inline void check_kernels(const std::vector<Case>& cases) {
  Program portable, dsp;
  for (const Case& c : cases) portable.add(c, CoreFeatures{});
  for (const Case& c : cases) dsp.add(c, CoreFeatures{.dsp = true});
  run_program(portable, {});
  run_program(portable, {"-DTINYC_NO_MUL_LONG"});
  run_program(dsp, {"-D__ARM_FEATURE_DSP=1", "-I" TINYC_SOURCE_DIR "/tests/lib/runtime/acle"});
}

}  // namespace tinyc::kernel_test
