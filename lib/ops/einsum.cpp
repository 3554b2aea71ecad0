// ONNX Einsum, as transposes, reductions and products of matrices: the operands are contracted from left to right.

#include <algorithm>

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

// A value and the labels of its axes. The axes of an ellipsis are labelled '0', '1', ... from the right.
struct Term {
  ValueId value;
  std::string labels;
};

bool has(std::string_view labels, char label) { return labels.find(label) != labels.npos; }

Result<ValueId> emit_reshape(ImportContext& context, ValueId x, Integers shape) {
  return context.emit("reshape", {x}, {{"shape", std::move(shape)}}, "reshaped");
}

// The labels of an operand of this rank, its ellipsis spelled out.
Result<std::string> expand(const ImportContext& context, std::string text, int rank) {
  const auto ellipsis = text.find("...");
  if (ellipsis != text.npos) {
    std::string axes;
    for (int missing = rank - static_cast<int>(text.size()) + 3; missing > 0; --missing)
      axes += static_cast<char>('0' + missing - 1);
    text.replace(ellipsis, 3, axes);
  }
  if (static_cast<int>(text.size()) != rank)
    return context.invalid("the equation names " + std::to_string(text.size()) + " axes of an operand of rank " + std::to_string(rank));
  const bool letters = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  if (!letters) return context.invalid("an axis of the equation is not named by a letter");
  return text;
}

Result<ValueId> ordered(ImportContext& context, const Term& term, std::string_view labels) {
  Integers perm;
  for (const char label : labels) perm.push_back(static_cast<std::int64_t>(term.labels.find(label)));
  if (std::ranges::is_sorted(perm)) return term.value;
  return context.emit("transpose", {term.value}, {{"perm", std::move(perm)}}, "ordered");
}

// A label that names two axes takes their diagonal.
Result<Term> without_repetition(ImportContext& context, Term term) {
  for (std::size_t i = 0; i < term.labels.size(); ++i) {
    const auto again = term.labels.find(term.labels[i], i + 1);
    if (again == term.labels.npos) continue;
    const Shape shape = context.value(term.value).type().shape;
    const std::int64_t size = shape[static_cast<int>(i)];
    if (size != shape[static_cast<int>(again)]) return context.invalid("a repeated label names axes of two sizes");
    Integers perm, rest, diagonal;
    std::string labels;
    for (std::size_t axis = 0; axis < term.labels.size(); ++axis)
      if (axis != i && axis != again) {
        perm.push_back(static_cast<std::int64_t>(axis));
        rest.push_back(shape[static_cast<int>(axis)]);
        labels += term.labels[axis];
      }
    perm.insert(perm.end(), {static_cast<std::int64_t>(i), static_cast<std::int64_t>(again)});
    rest.push_back(size * size);
    labels += term.labels[i];
    for (std::int64_t k = 0; k < size; ++k) diagonal.push_back(k * (size + 1));
    const ValueId moved = TINYC_TRY(context.emit("transpose", {term.value}, {{"perm", perm}}, "repeated"));
    const auto axis = static_cast<std::int64_t>(rest.size()) - 1;
    const ValueId flat = TINYC_TRY(emit_reshape(context, moved, std::move(rest)));
    const ValueId indices = context.constant("diagonal", Tensor::of(Shape{size}, diagonal));
    term = {TINYC_TRY(context.emit("gather", {flat, indices}, {{"axis", axis}}, "diagonal")), labels};
    i = static_cast<std::size_t>(-1);
  }
  return term;
}

// Adds up the axes that nothing else names.
Result<Term> summed(ImportContext& context, const Term& term, std::string_view kept) {
  Integers axes;
  std::string labels;
  for (std::size_t i = 0; i < term.labels.size(); ++i)
    if (has(kept, term.labels[i])) labels += term.labels[i];
    else axes.push_back(static_cast<std::int64_t>(i));
  if (axes.empty()) return term;
  const ValueId sum = TINYC_TRY(
      context.emit("reduce_sum", {term.value}, {{"axes", std::move(axes)}, {"keepdims", std::int64_t{0}}}, "summed"));
  return Term{sum, labels};
}

Integers sizes_of(ImportContext& context, const Term& term, std::string_view labels) {
  Integers sizes;
  for (const char label : labels)
    sizes.push_back(context.value(term.value).type().shape[static_cast<int>(term.labels.find(label))]);
  return sizes;
}

std::int64_t product(const Integers& sizes) {
  std::int64_t elements = 1;  // of a part of a tensor that exists: no overflow
  for (const std::int64_t size : sizes) elements *= size;
  return elements;
}

// The product of two terms, summed over the labels that are not kept: a batch of products of matrices.
Result<Term> contracted(ImportContext& context, Term a, Term b, std::string_view kept) {
  a = TINYC_TRY(summed(context, a, std::string(kept) + b.labels));
  b = TINYC_TRY(summed(context, b, std::string(kept) + a.labels));
  std::string batch, inner, left, right;
  for (const char label : a.labels) (has(b.labels, label) ? has(kept, label) ? batch : inner : left) += label;
  for (const char label : b.labels)
    if (!has(a.labels, label)) right += label;
  const Integers left_sizes = sizes_of(context, a, left), right_sizes = sizes_of(context, b, right);
  const Integers inner_sizes = sizes_of(context, a, inner), batch_a = sizes_of(context, a, batch);
  const Integers batch_b = sizes_of(context, b, batch);
  const auto common = broadcast(Shape(batch_a), Shape(batch_b));
  if (inner_sizes != sizes_of(context, b, inner) || !common)
    return context.invalid("a label of the equation names axes of two sizes");

  Integers a_shape = batch_a, b_shape = batch_b, shape = common->sizes();
  a_shape.insert(a_shape.end(), {product(left_sizes), product(inner_sizes)});
  b_shape.insert(b_shape.end(), {product(inner_sizes), product(right_sizes)});
  const ValueId a_ordered = TINYC_TRY(ordered(context, a, batch + left + inner));
  const ValueId b_ordered = TINYC_TRY(ordered(context, b, batch + inner + right));
  const ValueId x = TINYC_TRY(emit_reshape(context, a_ordered, std::move(a_shape)));
  const ValueId y = TINYC_TRY(emit_reshape(context, b_ordered, std::move(b_shape)));
  const ValueId z = TINYC_TRY(context.emit("matmul", {x, y}, {}, "product"));
  shape.insert(shape.end(), left_sizes.begin(), left_sizes.end());
  shape.insert(shape.end(), right_sizes.begin(), right_sizes.end());
  if (static_cast<int>(shape.size()) > Shape::max_rank)
    return context.unsupported("a product of more than " + std::to_string(Shape::max_rank) + " axes");
  const ValueId result = TINYC_TRY(emit_reshape(context, z, std::move(shape)));
  return Term{result, batch + left + right};
}

// Without an arrow: the ellipsis, then every label that is there once, in alphabetical order.
std::string implicit_output(const std::vector<Term>& terms) {
  std::string all, output;
  for (const Term& term : terms) all += term.labels;
  std::ranges::sort(all);
  for (const char label : all)
    if (label >= '0' && label <= '9' && !has(output, label)) output.insert(output.begin(), label);
  for (const char label : all)
    if (!(label >= '0' && label <= '9') && std::ranges::count(all, label) == 1) output += label;
  return output;
}

Result<std::vector<ValueId>> import_einsum(ImportContext& context) {
  TINYC_TRY(check_inputs(context, std::max(context.input_count(), 1), context.input_count()));
  auto equation = TINYC_TRY(required_attribute<std::string>(context, "equation"));
  std::erase(equation, ' ');
  const auto arrow = equation.find("->");
  std::string inputs = equation.substr(0, arrow) + ",";
  std::vector<Term> terms;
  int ellipsis_axes = 0;
  for (auto comma = inputs.find(','); comma != inputs.npos; comma = inputs.find(',')) {
    const int i = static_cast<int>(terms.size());
    if (i >= context.input_count()) return context.invalid("the equation has more terms than there are operands");
    const int rank = context.input_type(i).shape.rank();
    const std::string text = inputs.substr(0, comma);
    const std::string labels = TINYC_TRY(expand(context, text, rank));
    if (has(text, '.')) ellipsis_axes = std::max(ellipsis_axes, rank + 3 - static_cast<int>(text.size()));
    terms.push_back({context.input(i), labels});
    inputs.erase(0, comma + 1);
  }
  if (static_cast<int>(terms.size()) != context.input_count())
    return context.invalid("the equation has fewer terms than there are operands");
  std::string output = implicit_output(terms);
  if (arrow != equation.npos) {
    output = equation.substr(arrow + 2);
    const int named = static_cast<int>(output.size()) - (has(output, '.') ? 3 : 0);
    output = TINYC_TRY(expand(context, output, named + (has(output, '.') ? ellipsis_axes : 0)));
  }

  for (Term& term : terms) term = TINYC_TRY(without_repetition(context, term));
  while (terms.size() > 1) {
    std::string kept = output;
    for (std::size_t i = 2; i < terms.size(); ++i) kept += terms[i].labels;
    terms[0] = TINYC_TRY(contracted(context, terms[0], terms[1], kept));
    terms.erase(terms.begin() + 1);
  }
  const Term last = TINYC_TRY(summed(context, terms[0], output));
  for (const char label : output)
    if (!has(last.labels, label) || std::ranges::count(output, label) > 1)
      return context.invalid("the result of the equation has a label that the operands lack, or one twice");
  const ValueId result = TINYC_TRY(ordered(context, last, output));
  if (result != context.input(0)) return std::vector{result};
  return context.emit_all("identity", {result});
}

}  // namespace

const std::vector<OnnxImport>& einsum() {
  static const std::vector<OnnxImport> imports{{"Einsum", import_einsum}};
  return imports;
}

}  // namespace tinyc::ops
