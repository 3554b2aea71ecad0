#include "lib/train/match.h"

#include <algorithm>
#include <cmath>

namespace tinyc::train {
namespace {

constexpr std::int64_t most_classes = 1024;

// The operand of the softmax that a value is the result of, views of it apart; the value itself when there is none.
struct Source {
  ValueId value;
  bool softmax = false;
};
Source source_of(const Graph& graph, ValueId output) {
  ValueId at = output;
  while (graph.value(at).producer().valid()) {
    const NodeView node = view(graph, graph.value(at).producer());
    const bool softmax = node.op.name == "softmax" || node.op.name == "log_softmax";
    const int rank = softmax ? node.result().shape.rank() : 0;
    if (softmax && normalize_axis(node.attributes.integer("axis"), rank) == rank - 1) return {node.operand_ids[0], true};
    if (!node.op.is_view) break;
    at = node.operand_ids[0];
  }
  return {output, false};
}

std::int64_t largest_input(const Graph& graph) {
  std::int64_t most = 0;
  for (const ValueId id : graph.inputs()) most = std::max(most, graph.value(id).type().shape.elements());
  return most;
}

// softmax(x / temperature)
std::vector<double> softened(std::span<const float> x) {
  const double largest = static_cast<double>(*std::ranges::max_element(x));
  std::vector<double> p;
  double sum = 0;
  for (const float value : x) sum += p.emplace_back(std::exp((static_cast<double>(value) - largest) / temperature));
  for (double& value : p) value /= sum;
  return p;
}

}  // namespace

Result<std::vector<End>> ends_of(const Graph& student, const Graph& teacher) {
  const auto mismatch = [&](const std::string& where, const std::string& what) {
    return Error("TC6070", where, what, "give a teacher with the same inputs and outputs as the student");
  };
  if (student.outputs().size() != teacher.outputs().size())
    return mismatch("teacher", "the teacher has " + std::to_string(teacher.outputs().size()) + " outputs, the student " +
                                   std::to_string(student.outputs().size()));
  bool same_inputs = student.inputs().size() == teacher.inputs().size();
  for (std::size_t k = 0; same_inputs && k < student.inputs().size(); ++k)
    same_inputs = student.value(student.inputs()[k]).type() == teacher.value(teacher.inputs()[k]).type();
  if (!same_inputs) return mismatch("teacher", "the teacher's inputs are not those of the student");
  std::vector<End> ends;
  for (std::size_t k = 0; k < student.outputs().size(); ++k) {
    const Value &own = student.value(student.outputs()[k]), &other = teacher.value(teacher.outputs()[k]);
    if (own.type().dtype != DType::f32 || other.type().dtype != DType::f32)
      return mismatch(own.name(), "an output of " + std::string(to_string(own.type().dtype)) + " and " +
                                      std::string(to_string(other.type().dtype)) + ", only f32 can be learnt");
    if (own.type().shape.elements() != other.type().shape.elements())
      return mismatch(own.name(), "the student's output is " + own.type().shape.to_string() + ", the teacher's " +
                                      other.type().shape.to_string());
    const Source mine = source_of(student, student.outputs()[k]), taught = source_of(teacher, teacher.outputs()[k]);
    End end{mine.value, taught.value};
    const Shape& shape = student.value(end.student).type().shape;
    const std::int64_t elements = shape.elements();
    if (mine.softmax || taught.softmax) {
      end.loss = Loss::divergence;
      end.vector = shape.rank() > 0 ? shape[shape.rank() - 1] : 1;
    }
    end.classifies = elements > 1 && (end.loss == Loss::divergence || (elements <= most_classes && 2 * elements <= largest_input(student)));
    ends.push_back(end);
  }
  return ends;
}

double loss_of(const End& end, const Tensor& student, const Tensor& teacher, Tensor* gradient) {
  const auto s = student.data<float>(), t = teacher.data<float>();
  const auto g = gradient ? gradient->mutable_data<float>() : std::span<float>();
  double loss = 0;
  if (end.loss == Loss::squared_error) {
    const double scale = 1 / (end.variance * static_cast<double>(s.size()));
    for (std::size_t i = 0; i < s.size(); ++i) {
      const double difference = static_cast<double>(s[i]) - static_cast<double>(t[i]);
      loss += scale * difference * difference;
      if (gradient) g[i] = static_cast<float>(2 * scale * difference);
    }
    return loss;
  }
  const auto size = static_cast<std::size_t>(end.vector), vectors = s.size() / size;
  for (std::size_t first = 0; first < s.size(); first += size) {
    const std::vector<double> p = softened(s.subspan(first, size)), q = softened(t.subspan(first, size));
    for (std::size_t i = 0; i < size; ++i) {
      constexpr double tiny = 1e-12;
      loss += temperature * temperature * q[i] * std::log((q[i] + tiny) / (p[i] + tiny)) / static_cast<double>(vectors);
      if (gradient) g[first + i] = static_cast<float>(temperature * (p[i] - q[i]) / static_cast<double>(vectors));
    }
  }
  return loss;
}

}  // namespace tinyc::train
