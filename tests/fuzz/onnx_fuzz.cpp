// Any bytes as an ONNX model: a graph that verifies, or an error; never a crash.
#include "formats/onnx/reader.h"
#include "lib/ir/verifier.h"
#include "lib/support/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto graph = tinyc::read_onnx_bytes({reinterpret_cast<const char*>(data), size}, "/nonexistent");
  if (graph.ok()) TINYC_CHECK(tinyc::verify(*graph).ok(), "what the reader accepts is a valid graph");
  return 0;
}
