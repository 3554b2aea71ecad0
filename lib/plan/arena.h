#pragma once
// Places buffers with known lifetimes in one arena.

#include <cstdint>
#include <vector>

#include "lib/support/units.h"

namespace tinyc {

// Bytes [low, high) of a buffer are in use from step `first` to step `last`, both included.
struct Span {
  int first = 0, last = 0;
  std::int64_t low = 0, high = 0;
};

// Lives from step `first` to step `last`, both included.
struct Buffer {
  std::int64_t bytes = 0;
  int first = 0;
  int last = 0;
  std::vector<Span> spans = {};  // by time, without gaps, `low` multiples of the alignment; empty: all of it is in use all the time
};

struct ArenaPlan {
  std::vector<std::int64_t> offset;  // of each buffer, multiples of the alignment
  Bytes peak{0};                     // the arena's size
  Bytes lower_bound{0};              // the largest sum of buffers alive at one step, with what their alignment costs
  bool proved = false;               // no placement of these buffers has a lower peak
  std::int64_t searched = 0;         // steps of improve_arena
};

// Greedy best fit in several orders (largest first, longest first, ...), of which the lowest peak is kept, the
// first of equals. Deterministic.
ArenaPlan plan_arena(const std::vector<Buffer>& buffers, std::int64_t alignment = 8);


// Branch and bound from a plan of the same buffers: the best placement there is, or the best within a number of steps that
// depends on nothing. Plans with spans stay as they are. Deterministic.
ArenaPlan improve_arena(const std::vector<Buffer>& buffers, const ArenaPlan& plan, std::int64_t alignment = 8);

}  // namespace tinyc
