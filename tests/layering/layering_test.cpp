// Every #include of the program against the layers of CMakeLists.txt and the homes of third-party libraries.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Folder -> layer, from the tinyc_library(... LAYER n FOLDER f ...) lines; the program itself is the top.
std::map<std::string, int> layers_of(const std::string& cmake) {
  std::map<std::string, int> layers{{"apps/tinyc", 8}};
  const std::regex line(R"(tinyc_library\(\w+ LAYER (\d+) FOLDER ([\w/]+))");
  for (std::sregex_iterator at(cmake.begin(), cmake.end(), line), end; at != end; ++at)
    layers[(*at)[2]] = std::stoi((*at)[1]);
  return layers;
}

// A library, and the one place that may include it.
struct Home {
  std::string header;  // a regular expression for the included path
  std::string files;   // and one for the files
};
const std::vector<Home>& homes() {
  static const std::vector<Home> table{
      {"google/protobuf/.*|onnx/.*", "formats/onnx/(\\w+\\.cpp|proto\\.h)"},
      {"zlib\\.h", "formats/npy/zip\\.cpp"},
      {"nlohmann/.*", "formats/json/\\w+\\.cpp"},
      {"CLI/.*", "apps/tinyc/\\w+\\.cpp"},
      {"Eigen/.*", "(lib/ops|lib/quant|lib/train|lib/compress|lib/cost|passes/compress)/\\w+\\.cpp"},
      {"spdlog/.*", "lib/support/log\\.cpp"},
      {"fmt/.*", "(lib|passes|formats|apps)/.*\\.cpp"},
      // Processes, temporary files, terminals, and opening a file without following links.
      {"(unistd|fcntl|signal|spawn|poll|sys/\\w+)\\.h",
       "(lib/support|apps/driver|apps/tinyc)/\\w+\\.cpp|formats/onnx/external_data\\.cpp"},
  };
  return table;
}

// Headers that include a library's are for their own folder alone.
const std::set<std::string> private_headers{"formats/onnx/proto.h"};
// The kernels as text; the rest of lib/runtime is C for another machine.
const std::string runtime_as_text = "lib/runtime/embedded.h";

bool is_standard(const std::string& header) {
  static const std::set<std::string> of_c{"stdint.h", "stddef.h", "string.h"};
  return header.find('.') == header.npos && header.find('/') == header.npos ? true : of_c.contains(header);
}

std::string folder_of(const std::string& file) { return file.substr(0, file.rfind('/')); }

// What is wrong with an include of a file; nothing when it is fine.
std::string problem(const std::map<std::string, int>& layers, const std::string& file, const std::string& header,
                    bool quoted) {
  const std::string folder = folder_of(file);
  if (folder == "lib/runtime/harness") return "";  // compiled by hosts and cross compilers only
  if (!layers.contains(folder)) return "a folder without a layer in CMakeLists.txt";
  if (folder == "lib/runtime" && file != runtime_as_text) {
    static const std::set<std::string> compiler{"arm_acle.h", "arm_mve.h", "stdint.h", "stddef.h", "string.h", "math.h"};
    const bool own = quoted && folder_of(header) == "lib/runtime";
    return own || compiler.contains(header) ? "" : "the runtime knows only itself and the compiler";
  }
  if (quoted) {
    const std::string other = folder_of(header);
    if (!layers.contains(other)) return "an include path that does not name a layer";
    if (other == "lib/runtime" && header != runtime_as_text) return "the runtime is text to the tool, never code";
    if (private_headers.contains(header) && other != folder) return "a header for its own folder alone";
    return other == folder || layers.at(other) < layers.at(folder) ? "" : "a layer that is not lower";
  }
  if (is_standard(header)) return "";
  for (const Home& home : homes()) {
    if (!std::regex_match(header, std::regex(home.header))) continue;
    return std::regex_match(file, std::regex(home.files)) ? "" : "a library outside of its home";
  }
  return "a header nobody knows";
}

}  // namespace

TEST_CASE("every include names a lower layer, or a library at home") {
  const fs::path root = TINYC_SOURCE_DIR;
  const auto layers = layers_of(read(root / "CMakeLists.txt"));
  REQUIRE(layers.at("lib/support") == 0);
  REQUIRE(layers.at("formats/c") == 6);

  // A pattern in the text of emitted C, such as "../{0}.h", is no path.
  const std::regex include(R"(^[ \t]*#[ \t]*include[ \t]*([<"])([\w./+-]+)[>"])", std::regex::multiline);
  int seen = 0;
  for (const char* top : {"lib", "passes", "formats", "apps"}) {
    if (!fs::exists(root / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string file = fs::relative(entry.path(), root).generic_string();
      if (!file.ends_with(".h") && !file.ends_with(".cpp") && !file.ends_with(".c")) continue;
      const std::string text = read(entry.path());
      for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at) {
        if ((*at)[2].str().ends_with(".def")) continue;
        ++seen;
        const std::string wrong = problem(layers, file, (*at)[2], (*at)[1] == "\"");
        INFO(file << " includes " << (*at)[2]);
        CHECK(wrong == "");
      }
    }
  }
  CHECK(seen > 100);
}

TEST_CASE("the check finds what is wrong") {
  const std::map<std::string, int> layers{{"lib/support", 0}, {"lib/runtime", 0}, {"lib/ir", 1},
                                          {"lib/ops", 3},     {"lib/exec", 4},    {"lib/plan", 4},
                                          {"passes/lower", 6}, {"formats/onnx", 6}, {"apps/driver", 7}};
  CHECK(problem(layers, "lib/exec/a.cpp", "lib/ops/ops.h", true) == "");
  CHECK(problem(layers, "lib/exec/a.cpp", "lib/exec/b.h", true) == "");
  CHECK(problem(layers, "lib/exec/a.cpp", "cstdint", false) == "");
  CHECK(problem(layers, "formats/onnx/a.cpp", "onnx/onnx_pb.h", false) == "");
  CHECK(problem(layers, "lib/ops/a.cpp", "Eigen/Core", false) == "");
  CHECK(problem(layers, "lib/runtime/a.h", "arm_acle.h", false) == "");
  CHECK(problem(layers, "passes/lower/a.cpp", "lib/runtime/embedded.h", true) == "");

  CHECK(problem(layers, "lib/ir/a.cpp", "lib/ops/ops.h", true) != "");
  CHECK(problem(layers, "lib/exec/a.cpp", "lib/plan/arena.h", true) != "");
  CHECK(problem(layers, "passes/lower/a.cpp", "formats/onnx/b.h", true) != "");
  CHECK(problem(layers, "lib/exec/a.cpp", "lib/runtime/conv2d_s8.h", true) != "");
  CHECK(problem(layers, "lib/exec/a.cpp", "lib/runtime/embedded.h", true) == "");
  CHECK(problem(layers, "lib/exec/a.cpp", "graph.h", true) != "");
  CHECK(problem(layers, "lib/exec/a.cpp", "Eigen/Core", false) != "");
  CHECK(problem(layers, "lib/ops/a.h", "Eigen/Core", false) != "");
  CHECK(problem(layers, "lib/ops/a.cpp", "onnx/onnx_pb.h", false) != "");
  CHECK(problem(layers, "lib/ops/a.cpp", "boost/any.hpp", false) != "");
  CHECK(problem(layers, "lib/runtime/a.h", "stdio.h", false) != "");
  CHECK(problem(layers, "apps/driver/a.cpp", "formats/onnx/proto.h", true) != "");
}
