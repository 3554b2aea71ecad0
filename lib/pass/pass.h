#pragma once
// A pass turns a graph into a graph. One file each; the file's first paragraph says what it does, before ->
// after, and when. Verification, dumps and timing are the manager's, not the pass's.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/data/dataset.h"
#include "lib/ir/builder.h"

namespace tinyc {

enum class Changed : bool { no = false, yes = true };

// A typed option with its default, e.g. prune{ratio=0.5}.
struct PassOption {
  std::string name;
  Attribute otherwise;
  std::string help;
};

struct PassInfo {
  std::string_view name;     // "fold-batch-norm"
  std::string_view summary;  // one sentence for `tinyc passes`
  std::vector<Stage> stages;  // in which it may run
  std::optional<Stage> becomes = std::nullopt;  // the stage it leaves the graph in, when another
  std::vector<PassOption> options = {};
};

// What a pass tells the report: rows of named values about one layer, or the whole graph (empty layer).
struct PassNote {
  std::string pass;
  std::string layer;
  Attributes facts;
};

struct PassContext {
  OpTable ops;
  const Dataset* calibration = nullptr;  // never null from calibration on
  const Dataset* unlabeled = nullptr;    // more samples to learn from; may be null
  const Graph* teacher = nullptr;        // a canonical float graph with the same outputs; null: none
  CoreFeatures features = {};
  std::string target = "cortex-m4";
  std::uint64_t seed = 1;
  int threads = 0;
  Attributes options = {};                 // of the running pass, defaults filled in by the manager
  std::vector<PassNote>* notes = nullptr;
  std::vector<std::string>* warnings = nullptr;
  std::function<void(std::string_view what, std::int64_t done, std::int64_t total)> progress = {};
  std::function<bool()> stop = {};  // asked now and then by long passes: true ends them with the best so far

  void note(std::string_view pass, std::string_view layer, Attributes facts) const {
    if (notes) notes->push_back({std::string(pass), std::string(layer), std::move(facts)});
  }
  void warn(std::string message) const {
    if (warnings) warnings->push_back(std::move(message));
  }
};

struct Pass {
  PassInfo info;
  Result<Changed> (*run)(Graph&, PassContext&);
};

}  // namespace tinyc
