#include "lib/runtime/embedded.h"

namespace tinyc {
namespace {

constexpr RuntimeFile files[] = {
#include "lib/runtime/embedded_files.inc"
};

constexpr RuntimeFile harness[] = {
#include "lib/runtime/embedded_harness.inc"
};

}  // namespace

std::span<const RuntimeFile> runtime_files() { return files; }

std::span<const RuntimeFile> harness_files() { return harness; }

const RuntimeFile* find_runtime_file(std::string_view name) {
  for (const RuntimeFile& file : files)
    if (file.name == name) return &file;
  return nullptr;
}

std::vector<std::string_view> runtime_dependencies(const RuntimeFile& file) {
  constexpr std::string_view include = "\n#include \"";
  std::vector<std::string_view> names;
  for (auto at = file.text.find(include); at != std::string_view::npos; at = file.text.find(include, at)) {
    at += include.size();
    names.push_back(file.text.substr(at, file.text.find('"', at) - at));
  }
  return names;
}

}  // namespace tinyc
