#pragma once
// Models of the repository or of the shared folder, compressed in memory.

#include <catch2/catch.hpp>

#include "apps/driver/compress.h"
#include "apps/driver/harness.h"
#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"
#include "lib/support/files.h"

namespace tinyc::test {

struct Compressed {
  Graph graph;
  EmittedSources sources;  // everything emit_c wrote
};

inline Compressed compressed(const CompressRequest& request) {
  const auto outcome = compress(request);
  if (!outcome.ok()) FAIL(outcome.error().to_string());
  EmittedSources sources{request.name, {}};
  for (const OutputFile& file : outcome->files) sources.files[file.path] = file.contents;
  auto graph = parse_graph(sources.files.at(request.name + ".tinyc"), all_ops());
  if (!graph.ok()) FAIL(graph.error().to_string());
  return {std::move(*graph), std::move(sources)};
}

// testdata/NAME/NAME.onnx, with its calibration data when it has some.
inline CompressRequest shipped(const std::string& name) {
  CompressRequest request;
  const std::string folder = std::string(TINYC_SOURCE_DIR) + "/testdata/" + name + "/";
  request.quantize.model.path = folder + name + ".onnx";
  if (read_file(folder + "calib_x.npy").ok()) request.quantize.calibration.path = folder + "calib_x.npy";
  request.name = name;
  return request;
}

}  // namespace tinyc::test
