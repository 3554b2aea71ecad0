// Two emitted models in one image, their files in one folder or two: on the host, and in the CMake project of
// testdata/firmware on a Cortex-M under QEMU.

#include <filesystem>

#include "lib/support/subprocess.h"
#include "tests/support/compressed.h"

using namespace tinyc;
using namespace tinyc::test;

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> names{"digits", "digits1d"};

// Writes both models; the second run of compress finds the first one's runtime when the folder is shared.
std::vector<std::string> write_models(const fs::path& root, bool one_folder) {
  std::vector<std::string> models;
  for (const std::string& name : names) {
    CompressRequest request = shipped(name);
    request.folder = (root / (one_folder ? "both" : name)).string();
    const auto outcome = compress(request);
    if (!outcome.ok()) FAIL(outcome.error().to_string());
    const Status written = write(*outcome);
    if (!written.ok()) FAIL(written.error().to_string());
    models.push_back(request.folder + "/" + name);
  }
  return models;
}

std::string output_of(std::vector<std::string> arguments, const fs::path& folder) {
  const auto result = run_subprocess({std::move(arguments), folder});
  if (!result.ok()) FAIL(result.error().to_string());
  INFO(result->output << result->errors);
  REQUIRE(result->ok());
  return result->output + result->errors;
}

const std::string both_ok = "digits: self-test ok, inference ok\ndigits1d: self-test ok, inference ok\nall ok\n";

}  // namespace

TEST_CASE("two models in one program on the host, their files in one folder or two") {
  for (const bool one_folder : {true, false}) {
    const auto root = TemporaryDirectory::make();
    REQUIRE(root.ok());
    const auto models = write_models(root->path(), one_folder);
    std::string header, list;
    std::vector<std::string> compile{"cc", "-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-o", "both.elf", "-I."};
    for (std::size_t i = 0; i < names.size(); ++i) {
      std::string macro = names[i] == "digits" ? "DIGITS" : "DIGITS1D";
      header += "#include \"" + models[i] + ".h\"\n";
      list += " M(" + names[i] + ", " + macro + ")";
      for (const char* suffix : {".c", "_weights.c", "_selftest.c"}) compile.push_back(models[i] + suffix);
    }
    REQUIRE(write_file((root->path() / "models.h").string(), header + "#define MODELS(M)" + list + "\n").ok());
    REQUIRE(write_file((root->path() / "board.c").string(), R"(#include <stdio.h>
#include "board.h"
void board_say(const char *text) { fputs(text, stdout); }
)").ok());
    compile.insert(compile.end(), {"board.c", TINYC_SOURCE_DIR "/testdata/firmware/main.c", "-I" TINYC_SOURCE_DIR "/testdata/firmware"});
    output_of(compile, root->path());
    CHECK(output_of({(root->path() / "both.elf").string()}, root->path()) == both_ok);
  }
}

TEST_CASE("a firmware of two models runs on a Cortex-M") {
  for (const char* tool : {"arm-none-eabi-gcc", "qemu-system-arm", "cmake"})
    if (!find_program(tool)) {
      WARN("skipped: " << tool << " is not installed");
      return;
    }
  for (const bool one_folder : {true, false}) {
    const std::string core = one_folder ? "cortex-m4" : "cortex-m3", machine = one_folder ? "mps2-an386" : "mps2-an385";
    const auto root = TemporaryDirectory::make();
    REQUIRE(root.ok());
    const auto models = write_models(root->path(), one_folder);
    const std::string build = (root->path() / "build").string(), project = TINYC_SOURCE_DIR "/testdata/firmware";
    output_of({"cmake", "-S", project, "-B", build, "-DCMAKE_TOOLCHAIN_FILE=" + project + "/arm-none-eabi.cmake",
               "-DMODELS=" + models[0] + ";" + models[1], "-DCORE=" + core}, root->path());
    output_of({"cmake", "--build", build}, root->path());
    CHECK(output_of({"qemu-system-arm", "-M", machine, "-display", "none", "-monitor", "none", "-serial", "none",
                     "-semihosting-config", "enable=on,target=native", "-kernel", build + "/firmware.elf"},
                    root->path()) == both_ok);
  }
}
