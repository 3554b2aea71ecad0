#pragma once
// A student learns from a teacher to give the same answers, from samples without labels.

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lib/data/dataset.h"
#include "lib/train/match.h"

namespace tinyc::train {

struct DistillOptions {
  int epochs = 0;       // 0: as many as the work of one leaves sensible
  int weight_bits = 8;  // 8 or 4: learn with weights and activations as integers will hold them; 0: in float
  bool vary = true;     // shift and mix the samples (augment.h)
  std::uint64_t seed = 1;
  int threads = 0;      // 0: as many as cores. The result does not depend on it.
  // Called by one thread; `now` is that of the best so far on the share held out.
  std::function<void(const Score& now, double loss, std::int64_t done, std::int64_t total)> progress = {};
  std::function<bool()> stop = {};  // asked after every batch: true ends it with the best so far
};

struct DistillOutcome {
  Score before, after;  // on the share held out, as int8 would hold the values (unless weight_bits is 0)
  std::int64_t trained_samples = 0, held_out_samples = 0;
  int epochs = 0;       // that were run
  int best_epoch = 0;   // 0: none was better than the student as it came, which then is unchanged
  bool stopped = false;
};

// The constant weights and biases of the student's operators learn; weights that are zero stay zero. Three twentieths of `data` are
// held out, in blocks, to choose the epoch that agrees most; `more` (may be null) is only learnt from. Sets the range of every
// activation that has learnt one. Both graphs are float and canonical and outlive the call, `data` fits both.
// TC6070: outputs that do not match; TC6071: too few samples; TC6072: a teacher that answers NaN or infinity.
Result<DistillOutcome> distill(Graph& student, const Graph& teacher, const Dataset& data, const Dataset* more,
                               const DistillOptions& options);

inline constexpr std::int64_t fewest_samples = 20;

// Whether a sample of so many serves to choose, not to learn.
bool is_held_out(std::int64_t index, std::int64_t total);

// "distilling, loss 0.0123, 97.5 % agree"
std::string progress_text(const Score& now, double loss);

}  // namespace tinyc::train
