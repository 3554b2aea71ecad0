// A short run of every fuzz target without a fuzzer: each file of testdata/fuzz, and changed copies of it.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <vector>

#include "lib/support/files.h"
#include "lib/support/rng.h"
#include "tests/fuzz/mutate_model.h"

extern "C" {
int graph_text_fuzz(const std::uint8_t* data, std::size_t size);
int npy_fuzz(const std::uint8_t* data, std::size_t size);
int onnx_fuzz(const std::uint8_t* data, std::size_t size);
int pipeline_text_fuzz(const std::uint8_t* data, std::size_t size);
int qdq_fuzz(const std::uint8_t* data, std::size_t size);
}

namespace tinyc {
namespace {

namespace fs = std::filesystem;
using Target = int (*)(const std::uint8_t*, std::size_t);

std::vector<fs::path> corpus(const std::string& name) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(TINYC_SOURCE_DIR) / "testdata" / "fuzz" / name))
    files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::string with_bytes_changed(std::string bytes, std::uint64_t seed) {
  Rng rng(seed);
  for (auto n = rng.integer(1, 3); n > 0 && !bytes.empty(); --n) {
    const auto at = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(bytes.size()) - 1));
    switch (rng.integer(0, 2)) {
      case 0: bytes[at] = static_cast<char>(rng.next()); break;
      case 1: bytes.erase(at, static_cast<std::size_t>(rng.integer(1, 8))); break;
      default: bytes.insert(at, bytes.substr(at, static_cast<std::size_t>(rng.integer(1, 16))));
    }
  }
  return bytes;
}

void replay(const std::string& name, Target target, std::string (*change)(std::string, std::uint64_t), int changes) {
  const auto run = [&](const std::string& bytes) {
    target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  };
  const auto files = corpus(name);
  CHECK(files.size() >= 3);
  for (const fs::path& file : files) {
    const std::string bytes = *read_file(file.string());
    INFO(file.filename().string());
    run(bytes);
    for (int i = 1; i <= changes; ++i) {
      INFO("change " << i);
      run(change(bytes, static_cast<std::uint64_t>(i)));
    }
  }
}

std::string with_model_changed(std::string bytes, std::uint64_t seed) { return mutate_model(bytes, seed); }

}  // namespace

TEST_CASE("a short run of the fuzz targets", "[fuzz]") {
  SECTION("onnx") { replay("onnx_fuzz", onnx_fuzz, with_model_changed, 400); }
  SECTION("qdq") { replay("onnx_fuzz", qdq_fuzz, with_model_changed, 200); }
  SECTION("npy") { replay("npy_fuzz", npy_fuzz, with_bytes_changed, 1000); }
  SECTION("graph text") { replay("graph_text_fuzz", graph_text_fuzz, with_bytes_changed, 1000); }
  SECTION("pipeline text") { replay("pipeline_text_fuzz", pipeline_text_fuzz, with_bytes_changed, 1000); }
}

}  // namespace tinyc
