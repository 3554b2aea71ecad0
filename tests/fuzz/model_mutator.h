#pragma once
// libFuzzer's hook: changes of models in place of changes of bytes. Included by a target.
#include "tests/fuzz/mutate_model.h"

#ifndef LLVMFuzzerTestOneInput  // which replaying renames; the hook exists once per program
#include <algorithm>

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  const std::string changed = tinyc::mutate_model({reinterpret_cast<const char*>(data), size}, seed);
  if (changed.size() > max_size) return size;
  std::copy(changed.begin(), changed.end(), data);
  return changed.size();
}
#endif
