#pragma once
// A model to look at or to run: an ONNX file, or a folder that compress wrote.

#include <cstdint>
#include <string>
#include <vector>

#include "lib/plan/compiled_model.h"
#include "lib/support/result.h"

namespace tinyc {

struct ModelRequest {
  std::string path;               // MODEL.onnx, or a folder with PREFIX.tinyc
  std::string name;               // which PREFIX, where a folder holds several
  std::vector<std::string> dims;  // "NAME=N", sizes of dynamic dimensions
};

struct Model {
  Graph graph;               // imported from ONNX, or planned
  std::string prefix;        // the default C prefix
  std::string folder;        // of PREFIX.tinyc; empty for an ONNX file
  bool is_compiled() const { return !folder.empty(); }
  bool is_float() const { return arithmetic_of(graph) == Arithmetic::float32; }
};

// Reads only PREFIX.tinyc of a folder. TC6040: a folder without one; TC5003: several, and no name.
Result<Model> load_model(const ModelRequest& request);

// Whether a graph, as imported, is quantized already: whole or in part.
bool carries_quantization(const Graph& graph);

// The same, then the canonicalize pipeline for a graph that was imported; one that is quantized already is the float
// graph with its parameters pinned.
Result<Model> load_canonical_model(const ModelRequest& request);

// "kws" of "models/kws.onnx".
std::string default_prefix(const std::string& model_path);

}  // namespace tinyc
