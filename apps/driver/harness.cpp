#include "apps/driver/harness.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <filesystem>

#include "apps/driver/machine.h"
#include "apps/driver/model_glue.h"
#include "lib/runtime/embedded.h"
#include "lib/support/check.h"
#include "lib/support/files.h"
#include "lib/support/subprocess.h"
#include "lib/support/text.h"

namespace tinyc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view cross_compiler = "arm-none-eabi-gcc";
constexpr std::string_view cross_size = "arm-none-eabi-size";
constexpr std::string_view qemu = "qemu-system-arm";

std::string base_name(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

std::string first_lines(const std::string& text, std::size_t most = 12) {
  std::vector<std::string> lines = split(trim(text), '\n');
  if (lines.size() > most) lines.resize(most);
  return join(lines, "\n");
}

// What Debian calls the package of a program.
std::string package_of(std::string_view tool) {
  if (tool == cross_compiler || tool == cross_size) return "gcc-arm-none-eabi libnewlib-arm-none-eabi";
  return tool == qemu ? "qemu-system-arm" : "gcc libc6-dev";
}

Result<SubprocessResult> run_installed(Subprocess process) {
  const std::string tool = process.arguments.front();
  if (tool.find('/') == tool.npos && !find_program(tool))
    return Error("TC6201", tool, "is not installed", "on Debian: apt install " + package_of(tool));
  return run_subprocess(process);
}

// Why a tool refused the sources. The emitted sources are to blame unless the message says otherwise.
Error build_error(const std::string& tool, const std::string& errors) {
  const auto says = [&](std::string_view text) { return errors.find(text) != std::string::npos; };
  if (says("nano.specs") || says("string.h: No such file"))
    return Error("TC6203", tool, "has no C library", "on Debian: apt install libnewlib-arm-none-eabi");
  if (says("will not fit in region") || says("overflowed by"))
    return Error("TC8110", tool, "the model does not fit the memories of the emulated board");
  return Error("TC7010", tool, "the emitted sources do not build:\n" + first_lines(errors));
}

// One build of sources and harness in a folder of its own.
class Image {
 public:
  Image(const Graph& graph, const EmittedSources& sources, const HarnessOptions& options, fs::path folder)
      : graph_(graph), sources_(sources), options_(options), folder_(std::move(folder)) {}

  Status build() {
    TINYC_TRY(write_all());
    const bool traced = options_.traced || options_.laps;  // model.c then includes PREFIX.c
    std::vector<std::pair<std::string, std::string>> objects{
        {"harness_main.o", "harness/main.c"}, {"harness_model.o", "harness/model.c"}, {"model_1.o", sources_.prefix + "_weights.c"}};
    objects.emplace_back(options_.core ? "harness_core.o" : "harness_host.o", options_.core ? "harness/cortexm.c" : "harness/host.c");
    if (!traced) objects.emplace_back("model_0.o", sources_.prefix + ".c");
    std::vector<std::string> link{compiler()};
    append_flags(link);
    for (const auto& [object, source] : objects) {
      std::vector<std::string> compile{compiler(), "-c", source, "-o", object};
      append_flags(compile);
      TINYC_TRY(run_tool(std::move(compile)));
      link.push_back(object);
    }
    link.insert(link.end(), {"-o", "image", "-lm"});
    if (options_.core) link.insert(link.end(), {"-nostartfiles", "-T", "image.ld", "-Wl,--gc-sections", "-Wl,--no-warn-rwx-segments"});
    return run_tool(std::move(link));
  }

  Result<HarnessRun> run(const Samples& samples) {
    TINYC_TRY(write_file(path("in.bin"), joined(samples)));
    HarnessRun run;
    bool counted = options_.core && options_.count;
    if (counted) {
      if (const Status plugin = build_plugin(); !plugin.ok()) {
        run.why_not_counted = plugin.error().to_string();
        counted = false;
      }
    }
    SubprocessResult result = TINYC_TRY(execute(counted));
    if (counted && result.errors.find("plugin") != std::string::npos) {
      run.why_not_counted = first_lines(result.errors, 2);
      counted = false;
      result = TINYC_TRY(execute(false));
    }
    read_verdict(result, run);
    read_outputs(samples.size(), run);
    if (counted) read_counts(run);
    if (options_.traced)
      if (const auto trace = read_file(path("trace.bin")); trace.ok()) run.trace = traced(*trace);
    if (options_.core) run.sections = TINYC_TRY(section_sizes());
    return run;
  }

 private:
  std::string path(std::string_view name) const { return (folder_ / name).string(); }
  std::string compiler() const { return options_.core ? std::string(cross_compiler) : options_.c_compiler; }

  void append_flags(std::vector<std::string>& arguments) const {
    if (options_.core) {
      for (const std::string& flag : split(options_.core->gcc_flags, ' ')) arguments.push_back(flag);
      arguments.insert(arguments.end(), {"-O3", "-ffunction-sections", "-fdata-sections", "--specs=nano.specs"});
      if (options_.core->traps_unaligned) arguments.push_back("-DHARNESS_TRAP_UNALIGNED");
    } else {
      arguments.push_back("-O2");
    }
    arguments.insert(arguments.end(), {"-std=c99", "-I.", fmt::format("-DHARNESS_FIRST_SAMPLE={}", options_.first_sample)});
    if (options_.traced) arguments.push_back("-DHARNESS_TRACED");
    if (options_.laps) arguments.push_back("-DHARNESS_LAPS");
    arguments.insert(arguments.end(), options_.flags.begin(), options_.flags.end());
  }

  Status write_all() {
    for (const auto& [name, text] : sources_.files) TINYC_TRY(write_file(path(name), text));
    for (const RuntimeFile& file : harness_files()) TINYC_TRY(write_file(path("harness/" + base_name(file.name)), std::string(file.text)));
    if (options_.core) TINYC_TRY(write_file(path("image.ld"), linker_script(options_.core->qemu_machine)));
    return write_file(path("harness/model.c"), model_glue(graph_, sources_.prefix));
  }

  Status run_tool(std::vector<std::string> arguments) const {
    const std::string tool = arguments.front();
    const SubprocessResult result = TINYC_TRY(run_installed({std::move(arguments), folder_}));
    if (result.ok()) return {};
    return build_error(tool, result.errors);
  }

  Status build_plugin() const {
    return run_tool({"cc", "-O2", "-shared", "-fPIC", "-o", "cycle_plugin.so", "harness/cycle_plugin.c"});
  }

  static std::string joined(const Samples& samples) {
    std::string bytes;
    for (const auto& sample : samples)
      for (const Tensor& tensor : sample)
        bytes.append(reinterpret_cast<const char*>(tensor.bytes().data()), tensor.bytes().size());
    return bytes;
  }

  Result<SubprocessResult> execute(bool counted) const {
    for (const char* name : {"result.txt", "out.bin", "counts.csv", "trace.bin"}) fs::remove(folder_ / name);
    if (!options_.core) return run_installed({{path("image")}, folder_});
    std::vector<std::string> arguments{std::string(qemu), "-M", std::string(options_.core->qemu_machine), "-display", "none",
                                       "-monitor", "none", "-serial", "none", "-semihosting-config",
                                       "enable=on,target=native", "-kernel", "image"};
    if (counted) arguments.insert(arguments.end(), {"-plugin", "./cycle_plugin.so,out=counts.csv"});
    return run_installed({std::move(arguments), folder_});
  }

  void read_verdict(const SubprocessResult& result, HarnessRun& run) const {
    const auto text = read_file(path("result.txt"));
    if (!text.ok()) {
      run.failure = result.timed_out ? "it did not end in time"
                                     : fmt::format("it crashed (exit code {}): {}", result.exit_code,
                                                   join(split(trim(result.errors + result.output), '\n'), ", "));
      return;
    }
    const std::vector<std::string> lines = split(*text, '\n');
    std::map<std::string, std::int64_t> facts;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const auto equals = lines[i].find('=');
      if (equals == std::string::npos) continue;
      std::int64_t value = 0;
      std::from_chars(lines[i].data() + equals + 1, lines[i].data() + lines[i].size(), value);
      facts[lines[i].substr(0, equals)] = value;
    }
    run.arena_bytes = facts["arena"];
    if (options_.core) run.stack_bytes = facts["stack"];
    if (lines.front() != "ok")
      run.failure = fmt::format("{} (sample {}{})", lines.front(), facts["samples"],
                                facts["status"] != 0 ? fmt::format(", status -{}", facts["status"]) : "");
    else if (result.exit_code != 0)
      run.failure = fmt::format("it ended with exit code {}", result.exit_code);
  }

  void read_outputs(std::size_t samples, HarnessRun& run) const {
    const std::string bytes = read_file(path("out.bin")).ok() ? *read_file(path("out.bin")) : std::string();
    std::size_t at = 0;
    for (std::size_t i = 0; i < samples; ++i) {
      std::vector<Tensor> outputs;
      for (const ValueId id : graph_.outputs()) {
        const Type& type = graph_.value(id).type();
        const auto size = static_cast<std::size_t>(type.bytes());
        if (bytes.size() - at < size) break;
        Tensor& tensor = outputs.emplace_back(type.dtype, type.shape);
        std::memcpy(tensor.mutable_bytes().data(), bytes.data() + at, size);
        at += size;
      }
      if (outputs.size() != graph_.outputs().size()) break;
      run.outputs.push_back(std::move(outputs));
    }
    if (run.failure.empty() && run.outputs.size() != samples)
      run.failure = fmt::format("it wrote the outputs of {} samples, not of {}", run.outputs.size(), samples);
  }

  // Records of a number and a size, 32 bits each in the order of the core's bytes (all are little-endian), and the bytes.
  static std::vector<HarnessRun::Traced> traced(const std::string& bytes) {
    std::vector<HarnessRun::Traced> records;
    std::uint32_t head[2];
    for (std::size_t at = 0; bytes.size() - at >= sizeof head; at += head[1]) {
      std::memcpy(head, bytes.data() + at, sizeof head);
      at += sizeof head;
      if (bytes.size() - at < head[1]) break;
      records.push_back({static_cast<int>(head[0]), bytes.substr(at, head[1])});
    }
    return records;
  }

  // Columns: region, lap, instructions, cycles_CORE..., one per class.
  void read_counts(HarnessRun& run) const {
    const auto text = read_file(path("counts.csv"));
    if (!text.ok()) return;
    const std::vector<std::string> lines = split(trim(*text), '\n');
    const std::vector<std::string> names = split(lines.front(), ',');
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const std::vector<std::string> cells = split(lines[i], ',');
      if (cells.size() != names.size()) return;
      if (options_.laps && cells.front() != "0") break;
      Counts counts;
      for (std::size_t column = 2; column < cells.size(); ++column) {
        std::int64_t count = 0;
        std::from_chars(cells[column].data(), cells[column].data() + cells[column].size(), count);
        if (names[column] == "instructions") counts.instructions = count;
        else if (names[column].starts_with("cycles_")) counts.cycles = names[column].substr(7) == options_.core->cycles ? count : counts.cycles;
        else counts.classes.emplace_back(names[column], count);
      }
      run.counts.push_back(std::move(counts));
    }
  }

  Result<SectionSizes> section_sizes() const {
    const SubprocessResult result = TINYC_TRY(run_installed({{std::string(cross_size), "-A", "image"}, folder_}));
    if (!result.ok()) return Error("TC7010", std::string(cross_size), first_lines(result.errors));
    SectionSizes sizes;
    for (const std::string& line : split(result.output, '\n')) {
      const auto blank = line.find(' ');
      if (blank == std::string::npos) continue;
      std::int64_t bytes = 0;
      const std::string rest(trim(std::string_view(line).substr(blank)));
      std::from_chars(rest.data(), rest.data() + rest.size(), bytes);
      const std::string name = line.substr(0, blank);
      if (name == ".model_text") sizes.text = bytes;
      if (name == ".model_rodata") sizes.rodata = bytes;
      if (name == ".model_data") sizes.data = bytes;
      if (name == ".model_bss") sizes.bss = bytes;
      if (name == ".library") sizes.library = bytes;
    }
    return sizes;
  }

  const Graph& graph_;
  const EmittedSources& sources_;
  const HarnessOptions& options_;
  const fs::path folder_;
};

}  // namespace

Result<EmittedSources> read_sources(const std::string& folder, const std::string& prefix) {
  EmittedSources sources{prefix, {}};
  for (const std::string& name : {prefix + ".h", prefix + ".c", prefix + "_weights.c", std::string("tinyc_runtime.h")})
    sources.files[name] = TINYC_TRY(read_file((fs::path(folder) / name).string()));
  return sources;
}

Result<HarnessRun> run_harness(const Graph& graph, const EmittedSources& sources, const Samples& samples,
                               const HarnessOptions& options) {
  const TemporaryDirectory folder = TINYC_TRY(TemporaryDirectory::make());
  Image image(graph, sources, options, folder.path());
  TINYC_TRY(image.build());
  return image.run(samples);
}

}  // namespace tinyc
