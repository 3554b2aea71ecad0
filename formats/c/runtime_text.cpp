// tinyc_runtime.h: the files of lib/runtime that hold the kernels, and what they include, in one header.

#include <algorithm>
#include <set>

#include "formats/c/emit.h"
#include "lib/runtime/embedded.h"
#include "lib/support/check.h"
#include "lib/support/text.h"
#include "lib/support/version.h"

namespace tinyc {
namespace {

constexpr std::string_view kernel_line = " *   tinyc_";

// Every kernel has a file of its name: tinyc_add_s8 is in lib/runtime/add_s8.h.
const RuntimeFile* file_of(std::string_view kernel) {
  constexpr std::string_view prefix = "tinyc_";
  if (kernel.substr(0, prefix.size()) != prefix) return nullptr;
  return find_runtime_file("lib/runtime/" + std::string(kernel.substr(prefix.size())) + ".h");
}

// Without its include guard and its includes of other runtime files.
std::string body_of(const RuntimeFile& file) {
  std::vector<std::string> lines = split(file.text, '\n');
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  TINYC_CHECK(lines.size() > 3 && lines[0].starts_with("#ifndef ") && lines[1].starts_with("#define ") &&
                  lines.back().starts_with("#endif"),
              std::string(file.name) + " has an include guard in its first two lines");
  std::string body;
  bool blank = true;
  for (std::size_t i = 2; i + 1 < lines.size(); ++i) {
    if (lines[i].starts_with("#include \"")) continue;
    if (lines[i].empty() && blank) continue;
    blank = lines[i].empty();
    body += lines[i] + "\n";
  }
  if (!blank) body += "\n";
  return body;
}

void append(std::string_view name, std::set<std::string_view>& done, std::string& text) {
  if (!done.insert(name).second) return;
  const RuntimeFile* file = find_runtime_file(name);
  TINYC_CHECK(file != nullptr, "the runtime file " + std::string(name) + " exists");
  for (const std::string_view dependency : runtime_dependencies(*file)) append(dependency, done, text);
  text += body_of(*file);
}

}  // namespace

std::string runtime_header(std::vector<std::string> kernels) {
  std::sort(kernels.begin(), kernels.end());
  kernels.erase(std::unique(kernels.begin(), kernels.end()), kernels.end());
  std::erase_if(kernels, [](const std::string& kernel) { return file_of(kernel) == nullptr; });
  std::string text = std::string(c_file_mark) + " " + std::string(version()) +
                     ": the kernels that the models in this folder call.\n * kernels:\n";
  for (const std::string& kernel : kernels) text += " *   " + kernel + "\n";
  text += " */\n#ifndef TINYC_RUNTIME_H\n#define TINYC_RUNTIME_H\n\n";
  std::set<std::string_view> done;
  for (const std::string& kernel : kernels) append(file_of(kernel)->name, done, text);
  return text + "#endif /* TINYC_RUNTIME_H */\n";
}

std::vector<std::string> runtime_kernels(std::string_view header) {
  std::vector<std::string> kernels;
  if (!header.starts_with(c_file_mark)) return kernels;
  for (const std::string& line : split(header.substr(0, header.find("*/")), '\n'))
    if (line.starts_with(kernel_line)) kernels.emplace_back(trim(std::string_view(line).substr(2)));
  return kernels;
}

}  // namespace tinyc
