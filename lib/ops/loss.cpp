// ONNX NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss, as what they compute: the scores of the target classes taken
// out, weighted and reduced.

#include <algorithm>
#include <numeric>

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<ValueId> reduce(ImportContext& context, std::string_view op, ValueId x, std::string_view suffix) {
  Integers axes(static_cast<std::size_t>(context.value(x).type().shape.rank()));
  std::iota(axes.begin(), axes.end(), 0);
  return context.emit(op, {x}, {{"axes", std::move(axes)}, {"keepdims", std::int64_t{0}}}, suffix);
}

// What the samples count: nothing where both are invalid.
struct Weights {
  ValueId keep;    // bool: the target is not the ignored class
  ValueId weight;  // of the target class; 0 where it is ignored
};

// The targets with 0 in place of the ignored class, which may be out of range.
Result<ValueId> import_targets(ImportContext& context, Weights& weights) {
  const ValueId target = context.input(1);
  if (!context.attributes().has("ignore_index")) return target;
  const DType dtype = context.value(target).type().dtype;
  const auto ignored = TINYC_TRY(required_attribute<std::int64_t>(context, "ignore_index"));
  const auto number = [&](std::string_view name, std::int64_t value) {
    return context.constant(name, Tensor::scalar(value).cast(dtype));
  };
  const ValueId is_ignored = TINYC_TRY(context.emit("equal", {target, number("ignored", ignored)}, {}, "is_ignored"));
  weights.keep = TINYC_TRY(context.emit("logical_not", {is_ignored}, {}, "keep"));
  return context.emit("where", {weights.keep, target, number("none", 0)}, {}, "targets");
}

Status import_weights(ImportContext& context, ValueId targets, Weights& weights) {
  const DType dtype = context.input_type(0).dtype;
  if (context.has_input(2))
    weights.weight = TINYC_TRY(context.emit("gather", {context.input(2), targets}, {{"axis", std::int64_t{0}}}, "weights"));
  if (!weights.keep.valid()) return {};
  if (!weights.weight.valid()) {
    weights.weight = TINYC_TRY(context.emit("cast", {weights.keep}, {{"to", std::string(to_string(dtype))}}, "weights"));
    return {};
  }
  const ValueId zero = context.constant("zero", Tensor::scalar(0.0f).cast(dtype));
  weights.weight = TINYC_TRY(context.emit("where", {weights.keep, weights.weight, zero}, {}, "kept_weights"));
  return {};
}

enum class Reduction { none, sum, mean };

Result<Reduction> import_reduction_kind(const ImportContext& context) {
  const auto text = attribute_or<std::string>(context, "reduction", "mean");
  if (!text.ok()) return text.error();
  if (*text == "none") return Reduction::none;
  if (*text == "sum") return Reduction::sum;
  if (*text == "mean") return Reduction::mean;
  return context.invalid("unknown reduction '" + *text + "'");
}

// Of log-probabilities [N,C,...] and targets [N,...].
Result<ValueId> import_loss(ImportContext& context, ValueId log_probabilities) {
  const Reduction reduction = TINYC_TRY(import_reduction_kind(context));
  const Shape target = context.input_type(1).shape;
  Integers with_class = target.sizes();
  with_class.insert(with_class.begin() + 1, 1);

  Weights weights;
  const ValueId targets = TINYC_TRY(import_targets(context, weights));
  TINYC_TRY(import_weights(context, targets, weights));
  const ValueId index = TINYC_TRY(context.emit("reshape", {targets}, {{"shape", with_class}}, "index"));
  const ValueId picked = TINYC_TRY(
      context.emit("gather_elements", {log_probabilities, index}, {{"axis", std::int64_t{1}}}, "picked"));
  const ValueId flat = TINYC_TRY(context.emit("reshape", {picked}, {{"shape", target.sizes()}}, "scores"));
  ValueId loss = TINYC_TRY(context.emit("neg", {flat}, {}, "losses"));
  if (weights.weight.valid()) loss = TINYC_TRY(context.emit("mul", {loss, weights.weight}, {}, "weighted"));
  if (reduction == Reduction::none) return loss;
  if (reduction == Reduction::mean && !weights.weight.valid()) return reduce(context, "reduce_mean", loss, "mean");
  const ValueId sum = TINYC_TRY(reduce(context, "reduce_sum", loss, "sum"));
  if (reduction == Reduction::sum) return sum;
  const ValueId total = TINYC_TRY(reduce(context, "reduce_sum", weights.weight, "total"));
  return context.emit("div", {sum, total}, {}, "mean");
}

Status check_scores(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 3));
  const Shape scores = context.input_type(0).shape, target = context.input_type(1).shape;
  if (scores.rank() < 2) return context.invalid("the scores of shape " + scores.to_string() + " have no classes");
  Integers sizes = scores.sizes();
  sizes.erase(sizes.begin() + 1);
  if (target.sizes() != sizes)
    return context.invalid("targets of shape " + target.to_string() + " do not fit scores of " + scores.to_string());
  return {};
}

Result<std::vector<ValueId>> import_negative_log_likelihood(ImportContext& context) {
  TINYC_TRY(check_scores(context));
  const ValueId loss = TINYC_TRY(import_loss(context, context.input(0)));
  return std::vector{loss};
}

Result<std::vector<ValueId>> import_cross_entropy(ImportContext& context) {
  TINYC_TRY(check_scores(context));
  const ValueId log_probabilities =
      TINYC_TRY(context.emit("log_softmax", {context.input(0)}, {{"axis", std::int64_t{1}}}, "log_probabilities"));
  const ValueId loss = TINYC_TRY(import_loss(context, log_probabilities));
  return std::vector{loss, log_probabilities};
}

}  // namespace

const std::vector<OnnxImport>& loss() {
  static const std::vector<OnnxImport> imports{{"NegativeLogLikelihoodLoss", import_negative_log_likelihood},
                                               {"SoftmaxCrossEntropyLoss", import_cross_entropy}};
  return imports;
}

}  // namespace tinyc::ops
