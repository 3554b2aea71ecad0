#pragma once
// Plans streams of a lowered model: which rows each layer computes when, and the rings between them. Internal to passes/lower.

#include "lib/plan/compiled_model.h"
#include "passes/lower/bands.h"

namespace tinyc {

// The result of a stream may begin `lead` bytes before its operand, which it overwrites; 0: exactly at the same place.
struct Overlap {
  ValueId operand, result;
  std::int64_t lead = 0;
};

struct StreamShape {
  std::size_t first = 0, last = 0;  // layers
  std::int64_t rows = 1;            // of the last one's result in a step
  bool feed = false;                // operands from outside that need padding go through rings
  bool even = true;                 // all steps compute whole bands: larger rings, fewer different calls
  auto operator<=>(const StreamShape&) const = default;
};

struct PlannedStream {
  StreamShape shape;
  Stream stream;
  struct Layer {
    RowWindow window;
    BandSize first, middle, last;
    std::int64_t kept_rows = 0;  // of the operand, that two steps need
    std::int64_t plane_rows = 0, skipped_rows = 0;  // of a planar operand: how many rows its planes have, and lie before the band
  };
  std::vector<Layer> layers;
  std::vector<Overlap> overlaps;
};

// What may become parts of streams.
struct RowLayers {
  std::vector<std::optional<RowWindow>> windows;  // of each layer
  std::vector<std::pair<int, int>> readers;       // by value: the first and the last layer that read it, -1: none
  std::vector<bool> outputs;                      // by value
};
RowLayers row_layers(const CompiledModel& model);

// Nothing when the layers do not fit together, or there is nothing to feed. Without buffers.
std::optional<PlannedStream> plan_stream(const CompiledModel& model, const RowLayers& layers, const StreamShape& shape);

// Makes the layers' calls those of bands. False, and nothing changed, when a kernel does not allow it.
bool lower_stream(CompiledModel& model, PlannedStream& planned);

}  // namespace tinyc
