#include "lib/runtime/embedded.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace tinyc;

TEST_CASE("the embedded runtime is the files themselves, sorted, and closed under includes") {
  REQUIRE(find_runtime_file("lib/runtime/requantize.h") != nullptr);
  CHECK(find_runtime_file("lib/runtime/embedded.h") == nullptr);
  CHECK(std::ranges::is_sorted(runtime_files(), {}, &RuntimeFile::name));
  for (const RuntimeFile& file : runtime_files()) {
    CAPTURE(file.name);
    std::ostringstream text;
    text << std::ifstream(std::string(TINYC_SOURCE_DIR "/") + std::string(file.name), std::ios::binary).rdbuf();
    CHECK(file.text == text.str());
    for (const std::string_view name : runtime_dependencies(file)) CHECK(find_runtime_file(name) != nullptr);
  }
  CHECK(runtime_dependencies(*find_runtime_file("lib/runtime/requantize.h")) ==
        std::vector<std::string_view>{"lib/runtime/common.h"});
}
