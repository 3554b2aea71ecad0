#pragma once
// Options that several subcommands share.

#include "apps/driver/run.h"

namespace CLI {
class App;
}

namespace tinyc::cli {

// Text of options that the driver wants parsed.
struct DataTexts {
  std::string scale = "1", offset = "0", layout;
};

// --scale, --offset, --data-layout
void add_data_options(CLI::App& app, DataTexts& texts);
// TC5011 for a scale or offset that is no number (or fraction such as 1/255).
Result<DataOptions> data_options(const DataTexts& texts);

// --calib, --prune, --target, --pipeline, --seed, --threads: how a float model becomes a quantized one.
void add_quantize_options(CLI::App& app, QuantizeRequest& request);

// --as
void add_subject_option(CLI::App& app, std::string& text);
std::optional<Subject> subject_option(const std::string& text);

// MODEL positional, --dim
void add_model_options(CLI::App& app, ModelRequest& model, const char* what);

// --name, where a folder may hold several models
void add_folder_name_option(CLI::App& app, ModelRequest& model);

// Warnings of an outcome, one log line each.
void log_warnings(const std::vector<std::string>& warnings);

}  // namespace tinyc::cli
