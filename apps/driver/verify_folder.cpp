#include "apps/driver/verify_folder.h"

#include <algorithm>
#include <filesystem>

#include "apps/driver/run.h"
#include "lib/plan/compiled_model.h"

namespace tinyc {
namespace {

template <class T>
Document figure(const std::optional<T>& value) {
  return value ? Document(*value) : Document();
}

Document layers_of(const CoreOutcome& core) {
  Document layers = Document::array();
  for (const LayerCounts& layer : core.layers) {
    Document row = Document::object();
    row.set("name", layer.name).set("operator", layer.op).set("macs", layer.macs);
    layers.add(row.set("instructions", layer.instructions).set("cycles", figure(layer.cycles)));
  }
  return layers;
}

}  // namespace

Result<VerifyFolderOutcome> verify_folder(const VerifyFolderRequest& request) {
  const Model model = TINYC_TRY(load_model(request.model));
  if (!model.is_compiled())
    return Error("TC5014", request.model.path, "not a folder that `tinyc compress` wrote", "compress the model first");
  VerifyFolderOutcome outcome;
  const std::string source = (std::filesystem::path(model.folder) / (model.prefix + ".c")).string();
  if (!std::filesystem::exists(source))
    outcome.warnings.push_back(source + " is not there: verifying the sources that " + model.prefix + ".tinyc emits now");
  const Target target = TINYC_TRY(find_target("cortex-m4"));
  const EmittedSources sources = TINYC_TRY(sources_of(model, target));
  VerifyRequest verify = request.verify;
  if (!request.input.path.empty()) {
    const auto data = TINYC_TRY(load_data(model.graph, request.input));
    verify.inputs = all_samples(*data);
  }
  outcome.verify = TINYC_TRY(verify_sources(model.graph, sources, verify));
  return outcome;
}

Document to_document(const VerifyFolderOutcome& outcome) {
  Document document = Document::object();
  document.set("schema", "tinyc-verify").set("schema_version", 1);
  const auto& all = outcome.verify.cores;
  document.set("verified", outcome.verify.exit_code() == ExitCode::ok);
  document.set("identical", std::ranges::all_of(all, [](const CoreOutcome& core) { return core.verdict == Verdict::identical; }));
  document.set("tolerance", float_tolerance);
  Document cores = Document::array();
  for (const CoreOutcome& core : outcome.verify.cores) {
    Document row = Document::object();
    row.set("on", core.on).set("verdict", to_string(core.verdict));
    row.set("message", core.message).set("remedy", core.remedy).set("note", core.note);
    row.set("samples", core.samples).set("bytes_compared", core.bytes_compared);
    row.set("largest_error", figure(core.largest_error));
    row.set("flash_bytes", figure(core.flash_bytes));
    if (core.sections) {
      row.set("text_bytes", core.sections->text).set("rodata_bytes", core.sections->rodata);
      row.set("data_bytes", core.sections->data).set("bss_bytes", core.sections->bss);
      row.set("library_bytes", core.sections->library);
    }
    row.set("ram_bytes", figure(core.ram_bytes)).set("arena_bytes", figure(core.arena_bytes));
    row.set("stack_bytes", figure(core.stack_bytes));
    row.set("instructions_per_inference", figure(core.instructions));
    row.set("most_instructions", figure(core.most_instructions)).set("cycles_per_inference", figure(core.cycles));
    if (!core.layers.empty()) row.set("layers", layers_of(core));
    cores.add(std::move(row));
  }
  return document.set("cores", std::move(cores)).set("warnings", Document::array_of(outcome.warnings));
}

}  // namespace tinyc
