#pragma once
// Compiles emitted sources.

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "apps/driver/harness.h"
#include "lib/support/files.h"
#include "lib/support/subprocess.h"

namespace tinyc::test {

struct Built {
  TemporaryDirectory folder;
  SubprocessResult compiled;
};

// Compiles the files in a folder of their own.
inline Built build(const std::map<std::string, std::string>& files, std::vector<std::string> command) {
  auto folder = TemporaryDirectory::make();
  REQUIRE(folder.ok());
  for (const auto& [name, text] : files) REQUIRE(write_file((folder->path() / name).string(), text).ok());
  auto result = run_subprocess({std::move(command), folder->path()});
  if (!result.ok()) FAIL(result.error().to_string());
  return {std::move(*folder), std::move(*result)};
}

inline const std::vector<std::string> strict{"-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wdouble-promotion", "-Werror"};

inline void check_clean(const EmittedSources& sources, std::vector<std::string> command) {
  command.insert(command.end(), strict.begin(), strict.end());
  for (const char* suffix : {".c", "_weights.c", "_selftest.c"}) {
    std::vector<std::string> compile = command;
    compile.insert(compile.end(), {"-c", sources.prefix + suffix, "-o", "out.o"});
    const Built built = build(sources.files, compile);
    INFO(command.front() << ": " << built.compiled.errors);
    CHECK(built.compiled.ok());
  }
}

}  // namespace tinyc::test
