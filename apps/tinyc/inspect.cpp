#include "apps/driver/inspect.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>

#include "apps/tinyc/command.h"
#include "apps/tinyc/options.h"
#include "apps/tinyc/terminal.h"
#include "formats/json/json.h"
#include "lib/support/text.h"

namespace tinyc::cli {
namespace {

std::string join_shapes(const std::vector<Shape>& shapes) {
  std::vector<std::string> texts;
  for (const Shape& shape : shapes) texts.push_back(shape.to_string());
  return join(texts, " ");
}

std::string table_of(const InspectOutcome& outcome) {
  std::string text = fmt::format("{} ({})\n", outcome.name, to_string(outcome.stage));
  for (const TensorSummary& tensor : outcome.inputs) text += fmt::format("input  {}: {}\n", tensor.name, tensor.type.to_string());
  for (const TensorSummary& tensor : outcome.outputs) text += fmt::format("output {}: {}\n", tensor.name, tensor.type.to_string());
  TextTable table({"layer", "op", "input", "output", "parameters", "MACs", "activation bytes"});
  for (const LayerWork& layer : outcome.layers)
    table.add({layer.name, layer.op, join_shapes(layer.inputs), join_shapes(layer.outputs),
               with_thousands(layer.parameters), with_thousands(layer.work.macs), with_thousands(layer.output_bytes.count)});
  table.add({"total", "", "", "", with_thousands(outcome.parameters), with_thousands(outcome.macs), ""});
  text += "\n" + table.plain();
  if (!outcome.float_layers.empty()) {
    TextTable layers({"layer", "op", "MACs", "why it is float"});
    for (const FloatLayer& layer : outcome.float_layers) layers.add({layer.name, layer.op, with_thousands(layer.macs), layer.reason});
    text += fmt::format("\nFloat islands{}:\n", outcome.stage >= Stage::quantized ? "" : " of the int8 model") + layers.plain();
  }
  const bool stored = outcome.stage >= Stage::quantized;
  text += fmt::format("\nBytes are those {}: parameters {}, largest activation {}.\n",
                      stored ? "of the C" : "of int8 (int32 for biases)",
                      with_thousands(outcome.parameter_bytes.count), with_thousands(outcome.largest_activation.count));
  return text;
}

}  // namespace

Action add_inspect(CLI::App& app) {
  struct Options {
    InspectRequest request;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  add_model_options(app, options->request.model, "An ONNX model, or a folder that compress wrote");
  add_folder_name_option(app, options->request.model);
  app.add_flag("--imported", options->request.imported, "Show the graph before canonicalization");
  app.add_flag("--json", options->json, "Print JSON");
  app.footer("Examples:\n  tinyc inspect kws.onnx\n  tinyc inspect kws.onnx --json\n"
             "  tinyc inspect detector.onnx --dim height=96 --dim width=96");
  return [options]() -> Result<ExitCode> {
    const InspectOutcome outcome = TINYC_TRY(inspect(options->request));
    TINYC_TRY(print_result(options->json ? print_json(to_document(outcome)) : table_of(outcome)));
    return ExitCode::ok;
  };
}

}  // namespace tinyc::cli
