#pragma once
// The runtime's files as text inside the tool, for the emitter. Not part of the runtime.

#include <span>
#include <string_view>
#include <vector>

namespace tinyc {

struct RuntimeFile {
  std::string_view name;  // as it is included: "lib/runtime/requantize.h"
  std::string_view text;
};

// In the order of their names.
std::span<const RuntimeFile> runtime_files();

// What verification compiles around an emitted model, never emitted itself: "lib/runtime/harness/main.c".
std::span<const RuntimeFile> harness_files();

const RuntimeFile* find_runtime_file(std::string_view name);

// The other runtime files it includes, in order.
std::vector<std::string_view> runtime_dependencies(const RuntimeFile& file);

}  // namespace tinyc
