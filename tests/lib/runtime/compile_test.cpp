#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "lib/runtime/embedded.h"
#include "lib/support/files.h"
#include "lib/support/subprocess.h"
#include "lib/support/text.h"
#include "lib/target/target.h"

using namespace tinyc;

namespace {

// Compiles a file that includes the whole runtime, in C99 and C++11, and requires that nothing is said about it.
void check_clean(const std::string& file, const std::string& compiler, const std::string& flags) {
  if (!find_program(compiler)) {
    WARN(compiler << " is not installed: the runtime is not compiled with it");
    return;
  }
  for (const std::string language : {"c -std=c99", "c++ -std=c++11"}) {
    std::vector<std::string> arguments{compiler};
    for (const std::string& flag :
         split("-x " + language + " -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wdouble-promotion -Werror " + flags, ' '))
      if (!flag.empty()) arguments.push_back(flag);
    arguments.insert(arguments.end(), {"-I", TINYC_SOURCE_DIR, "-c", file, "-o", "/dev/null"});
    CAPTURE(compiler, language, flags);
    const auto result = run_subprocess({.arguments = arguments});
    REQUIRE(result.ok());
    CHECK(result->errors == "");
    CHECK(result->exit_code == 0);
  }
}

}  // namespace

TEST_CASE("the runtime compiles without a warning for every core, in C and in C++") {
  auto folder = TemporaryDirectory::make();
  REQUIRE(folder.ok());
  std::string text;
  for (const RuntimeFile& file : runtime_files())
    if (file.text.find("TINYC_RUNTIME_") != std::string_view::npos) text += "#include \"" + std::string(file.name) + "\"\n";
  const std::string path = (folder->path() / "all.c").string();
  REQUIRE(write_file(path, text).ok());
  for (const char* compiler : {"gcc", "clang"}) check_clean(path, compiler, "");
  for (const Core& core : all_cores()) check_clean(path, "arm-none-eabi-gcc", std::string(core.gcc_flags));
}
