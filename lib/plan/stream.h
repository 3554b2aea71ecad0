#pragma once
// A stream: consecutive layers computed together in bands of rows, so that values between them never exist in full.
//
// It runs in steps. In each step every layer computes the next rows of its result, in the order of the layers and all from
// rows that are there: nothing is computed twice. A value that only the stream needs has a ring, which holds its last rows,
// oldest first: it slides down by the rows of a step before new ones are written behind. Rows beyond the value's own, which
// windows see as padding, lie in the ring too. Layers read and write other values, which exist in full, at offsets that grow
// from step to step; an operand that needs padding may be fed into a ring, a few rows a step, so that all steps are alike.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ir/kernel_call.h"

namespace tinyc {

// The rows of one operand or result that a layer reads or writes in a step.
struct Band {
  ValueId place;           // whose ring or full place they lie in; invalid for a constant, which is read whole
  bool in_ring = false;
  std::int64_t first = 0;  // bytes from the place's beginning at the layer's first step,
  std::int64_t at = 0;     // at a step t between: at + t * per_step,
  std::int64_t per_step = 0;
  std::int64_t last = 0;   // and at its last step
};

// Offsets and sizes are those of a plane, where rows of several channels lie apart.
struct Ring {
  std::int64_t planes = 1;
  std::int64_t bytes = 0;        // of a plane
  std::int64_t slide = 0;        // bytes of the rows of a step; no more than `bytes`
  std::int64_t padding_at = 0;   // the rows above the first one, there from the first step on: `padding` bytes
  std::int64_t padding = 0;
  bool padding_below = false;    // rows below the last one follow in the steps after the layer's last one
  std::int64_t rest_at = 0;      // those of them that the last step itself leaves free
  std::int64_t rest = 0;
  int fill = 0;                  // what padding is made of
  int buffer = -1;               // indexes CompiledModel::buffers
  std::int64_t all_bytes() const { return planes * bytes; }
};

struct StreamedLayer {
  std::int64_t begin = 0, end = 0;  // computes in the steps [begin, end), at least three
  // Where the first and the last step differ from the layer's own call: in sizes and padding, never in tables.
  std::optional<KernelCall> first = {}, last = {};
  std::vector<Band> inputs = {};  // of the call's inputs
  Band output = {};
  std::int64_t bytes = 0, first_bytes = 0, last_bytes = 0;  // that a step computes
  std::optional<Ring> ring = {};  // of the result, unless it exists in full or another layer overwrites it in place

  std::int64_t offset(const Band& band, std::int64_t step) const {
    return step == begin ? band.first : step == end - 1 ? band.last : band.at + step * band.per_step;
  }
  std::int64_t bytes_of(std::int64_t step) const { return step == begin ? first_bytes : step == end - 1 ? last_bytes : bytes; }
};

// Rows of a value that exists in full go into a ring: inputs[0] is where they come from.
struct Feed {
  ValueId value;
  std::int64_t plane_bytes = 0;  // of the value
  std::int64_t step_rows = 0;    // that go into the ring in a step
  StreamedLayer rows;
};

struct Stream {
  std::size_t first = 0, last = 0;  // layers, both included
  std::int64_t rows = 0;            // of the last layer's result in a step
  std::int64_t steps = 0;
  std::vector<Feed> feeds = {};            // before the layers in every step
  std::vector<StreamedLayer> layers = {};  // first ... last; a layer's own call is that of the steps between
};

}  // namespace tinyc
