// distill: the float model, as it was before it was pruned or another one with the same outputs, teaches this one to give the
// same answers with the weights it has left, rounded as they will be.
//
//   const %w = [0.9, 0.0, 0.2, 0.0]  ->  const %w = [0.85, 0.0, 0.31, 0.0]      with learnt ranges of the activations
//
// Learns from the calibration samples (and --distill-data), without labels (lib/train/distill.h). What agrees less with the
// teacher on the share held out than before is not kept. When: on a canonical graph, after pruning and refitting, before
// calibration; of real samples only, of `least_samples` at least.

#include <fmt/format.h>

#include <algorithm>

#include "lib/pass/pass.h"
#include "lib/train/distill.h"

namespace tinyc::passes {
namespace {

void skip(const PassContext& context, std::string reason) {
  context.note("distill", "", {{"kept", std::int64_t{0}}, {"skipped", std::move(reason)}});
}

void report(const PassContext& context, const train::DistillOutcome& outcome) {
  Attributes facts{{"kept", std::int64_t{outcome.best_epoch > 0}},
                   {"epochs", std::int64_t{outcome.epochs}},
                   {"best_epoch", std::int64_t{outcome.best_epoch}},
                   {"trained_samples", outcome.trained_samples},
                   {"held_out_samples", outcome.held_out_samples},
                   {"loss_before", outcome.before.loss},
                   {"loss_after", outcome.after.loss}};
  if (outcome.before.agreement.total > 0) {
    facts.set("agreement_before", outcome.before.agreement.fraction());
    facts.set("agreement_after", outcome.after.agreement.fraction());
  }
  context.note("distill", "", std::move(facts));
  if (outcome.stopped)
    context.warn(fmt::format("distill: stopped in epoch {}; {}", outcome.epochs,
                             outcome.best_epoch > 0 ? fmt::format("the result is that of epoch {}", outcome.best_epoch)
                                                    : "the model is as it was before"));
}

bool is_pinned(const Graph& graph) {
  const auto values = graph.values();
  return std::any_of(values.begin(), values.end(), [&](ValueId id) { return graph.value(id).pinned().has_value(); });
}

Result<Changed> run(Graph& graph, PassContext& context) {
  if (!context.teacher)
    return Error("TC5042", "distill", "there is no teacher", "put the pass behind canonicalize, or give --teacher MODEL.onnx");
  const std::int64_t bits = context.options.integer("weight_bits"), epochs = context.options.integer("epochs");
  if ((bits != 0 && bits != 4 && bits != 8) || epochs < 0 || epochs > 10000)
    return Error("TC5043", "distill", "weight_bits is 0, 4 or 8, epochs from 0 to 10000");
  if (!context.calibration || context.calibration->is_synthetic()) {
    skip(context, "no samples");
    return Changed::no;
  }
  if (context.calibration->size() < context.options.integer("least_samples")) {
    skip(context, fmt::format("{} samples, fewer than {}", context.calibration->size(), context.options.integer("least_samples")));
    return Changed::no;
  }
  if (is_pinned(graph)) {
    skip(context, "a quantized model keeps its parameters");
    return Changed::no;
  }
  train::DistillOptions options;
  options.epochs = static_cast<int>(epochs);
  options.weight_bits = static_cast<int>(bits);
  options.seed = context.seed;
  options.threads = context.threads;
  options.stop = context.stop;
  if (context.progress)
    options.progress = [&](const train::Score& now, double loss, std::int64_t done, std::int64_t total) {
      context.progress(train::progress_text(now, loss), done, total);
    };
  const train::DistillOutcome outcome =
      TINYC_TRY(train::distill(graph, *context.teacher, *context.calibration, context.unlabeled, options));
  report(context, outcome);
  return outcome.best_epoch > 0 ? Changed::yes : Changed::no;
}

}  // namespace

const Pass& distill() {
  static const Pass pass{{.name = "distill",
                          .summary = "teaches the pruned model what the model before it, or --teacher, answers",
                          .stages = {Stage::canonical},
                          .options = {{"epochs", std::int64_t{0}, "times through the samples; 0: as the work allows"},
                                      {"weight_bits", std::int64_t{8}, "bits that weights will have: 8, 4, or 0 for float"},
                                      {"least_samples", std::int64_t{200}, "with fewer, nothing happens"}}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
