// PREFIX.c and PREFIX_weights.c

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "formats/c/stream_text.h"
#include "formats/c/texts.h"
#include "lib/ir/op_def.h"
#include "lib/support/check.h"
#include "lib/support/text.h"

namespace tinyc::c {
namespace {

std::string declaration(const NamedTable& table) {
  return fmt::format("extern const {} {}[{}];\n", c_type(table.data->dtype()), table.name, array_size(*table.data));
}

std::string field(const NamedCall& call, const KernelParam& param) {
  std::string value = "NULL";
  if (const auto* integer = std::get_if<std::int64_t>(&param.value)) value = c_integer(*integer);
  else if (const auto* real = std::get_if<float>(&param.value)) value = c_float(*real);
  else if (const auto at = call.tables.find(param.name); at != call.tables.end()) value = at->second;
  return fmt::format("    {}, /* {} */\n", value, comment_text(param.name));
}

std::string params_struct(const NamedCall& call) {
  std::string text = fmt::format("static const {}_params {} = {{\n", call.call->kernel, call.params);
  for (const KernelParam& param : call.call->params) text += field(call, param);
  return text + "};\n";
}

// Whether a parameter is infinite: INFINITY is of math.h.
bool has_unbounded_param(const CompiledModel& model) {
  for (const CompiledLayer& layer : model.layers)  // the bounds of bands are those of the layer
    for (const KernelCall& call : layer.calls)
      for (const KernelParam& param : call.params)
        if (const auto* real = std::get_if<float>(&param.value); real && !std::isfinite(*real)) return true;
  return false;
}

class RunWriter {
 public:
  RunWriter(const CompiledModel& model, const Names& names) : model_(model), graph_(model.graph), names_(names) {}

  std::string text() {
    std::string body;
    if (!model_.external_input)
      for (std::size_t i = 0; i < graph_.inputs().size(); ++i) body += copy_in(i);
    auto copy = model_.copies.begin();
    int trace = 0;
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      for (; copy != model_.copies.end() && copy->before_layer <= static_cast<int>(i); ++copy) body += copy_out(*copy);
      const Stream* stream = model_.stream_of(i);
      if (stream && stream->first == i) body += model_.push_rows && i == 0 ? pushed_stream(*stream, trace) : stream_loop(*stream, trace);
      if (!stream) body += layer(i, trace);
    }
    for (; copy != model_.copies.end(); ++copy) body += copy_out(*copy);
    if (model_.push_rows) return bands_ + "\n" + row_functions(body);
    std::string head = fmt::format("int {}_run({}) {{\n", names_.prefix, run_parameters(model_));
    if (uses_arena_) head += "  int8_t *const base = (int8_t *)arena;\n";
    return bands_ + (bands_.empty() ? "" : "\n") + head + checks(true, true) + body + fmt::format("  return {}_OK;\n}}\n", names_.macro);
  }

 private:
  std::string argument(bool input, std::size_t index) const {
    const std::size_t count = input ? graph_.inputs().size() : graph_.outputs().size();
    const std::string_view name = input ? "input" : "output";
    return count == 1 ? std::string(name) : fmt::format("{}s[{}]", name, index);
  }

  std::string checks(bool inputs, bool outputs) const {
    std::vector<std::string> null{"arena == NULL"};
    for (const bool input : {true, false}) {
      if (!(input ? inputs : outputs)) continue;
      const std::size_t count = input ? graph_.inputs().size() : graph_.outputs().size();
      if (count != 1) null.push_back(fmt::format("{}s == NULL", input ? "input" : "output"));
      for (std::size_t i = 0; i < count; ++i) null.push_back(argument(input, i) + " == NULL");
    }
    std::string text = "  if (" + null.front();
    for (std::size_t i = 1; i < null.size(); ++i) text += (i % 5 == 0 ? " ||\n      " : " || ") + null[i];
    text += fmt::format(") return {}_ERROR_NULL;\n", names_.macro);
    return text + fmt::format("  if ((uintptr_t)arena % {0}_ARENA_ALIGNMENT != 0u) return {0}_ERROR_ALIGNMENT;\n", names_.macro);
  }

  std::string in_arena(std::int64_t offset, std::string_view type) {
    uses_arena_ = true;
    const std::string place = offset == 0 ? "base" : fmt::format("base + {}", offset);
    return type == "int8_t" ? place : fmt::format("({} *)(void *)({})", type, place);
  }

  // An expression of the pointer to a value's first element.
  std::string pointer(ValueId value, bool is_const) {
    if (!value.valid()) return "NULL";
    if (model_.is_constant(value)) return names_.constants.at(value);
    const std::string type = c_type(graph_.value(value).type().dtype);
    const Placement& placement = model_.placement_of(value);
    if (placement.constant.valid()) return names_.constants.at(placement.constant);
    if (placement.buffer >= 0) return in_arena(model_.offset_of(value), type);
    const bool input = placement.input >= 0;
    const int index = input ? placement.input : placement.output;
    const ValueId owner = (input ? graph_.inputs() : graph_.outputs()).at(static_cast<std::size_t>(index));
    const std::string text = argument(input, static_cast<std::size_t>(index));
    const bool same_type = graph_.value(owner).type().dtype == graph_.value(value).type().dtype;
    const bool is_void = run_parameters(model_).find(input ? "void *const inputs" : "void *const outputs") != std::string::npos;
    if (same_type && !is_void) return text;
    return fmt::format("({}{} *){}", is_const || input ? "const " : "", type, text);
  }

  std::string copy_in(std::size_t i) {
    const ValueId value = graph_.inputs()[i];
    const std::string from = argument(true, i), to = in_arena(model_.offset_of(value), "int8_t");
    return fmt::format("  if ((const void *){} != (const void *)({})) memcpy({}, {}, {});\n", from, to, to, from,
                       graph_.value(value).type().bytes());
  }

  std::string copy_out(const OutputCopy& copy) {
    return fmt::format("  /* output {} */\n  memcpy({}, {}, {});\n", comment_text(graph_.value(copy.source).name()),
                       argument(false, static_cast<std::size_t>(copy.output)), pointer(copy.source, true),
                       graph_.value(copy.source).type().bytes());
  }

  std::string layer(std::size_t index, int& trace) {
    const CompiledLayer& layer = model_.layers[index];
    if (layer.calls.empty()) return {};
    std::string text = layer_comment(index) + fmt::format("  {}_PROFILE_BEGIN({});\n", names_.macro, index);
    for (const NamedCall& named : names_.calls[index]) {
      text += fmt::format("  {}(&{}", named.call->kernel, named.params);
      for (const ValueId input : named.call->inputs) text += ", " + pointer(input, true);
      for (const ValueId output : named.call->outputs) text += ", " + pointer(output, false);
      if (named.call->scratch.count > 0) text += ", " + in_arena(model_.scratch_offset(index), "int8_t");
      text += ");\n";
    }
    text += fmt::format("  {}_PROFILE_END({});\n", names_.macro, index);
    for (const ValueId result : graph_.node(layer.node).results())
      text += fmt::format("  {}_TRACE({}, {}, {});\n", names_.macro, trace++, pointer(result, true),
                          graph_.value(result).type().bytes());
    return text;
  }

  // The loop over the steps of a stream.
  std::string stream_loop(const Stream& stream, int& trace) {
    const auto [before, body] = stream_parts(stream, trace);
    return fmt::format("\n  /* in bands of rows: what lies between these layers never exists in full */\n  {{\n    int32_t step;\n{}"
                       "    for (step = 0; step < {}; ++step) {{\n{}    }}\n  }}\n", before, stream.steps, body);
  }

  // What comes before the first step, and a step. Rows that are pushed are in their ring already.
  std::pair<std::string, std::string> stream_parts(const Stream& stream, int& trace) {
    std::string before, body;
    for (const Feed& feed : stream.feeds) {
      const std::string ring = ring_place(*feed.rows.ring, "int8_t");
      before += ring_before(*feed.rows.ring, ring);
      body += model_.push_rows && stream.first == 0 ? rows_below(feed, ring) : feed_text(stream, feed, ring);
    }
    for (std::size_t i = 0; i < stream.layers.size(); ++i) {
      const StreamedLayer& layer = stream.layers[i];
      const std::size_t index = stream.first + i;
      body += layer_comment(index, body.empty() ? "      " : "\n      ");
      const std::string ring = layer.ring ? ring_place(*layer.ring, "int8_t") : "";
      if (layer.ring) before += ring_before(*layer.ring, ring);
      if (const StreamedLayer* owner = first_write(stream, i)) body += ring_slide(*owner, ring_place(*owner->ring, "int8_t"));
      body += streamed_layer(stream, index, layer, trace++);
      if (layer.ring) body += ring_below(layer, ring);
    }
    return {before, body};
  }

  // After the last row of the input.
  std::string rows_below(const Feed& feed, const std::string& ring) const {
    const Ring& rows = *feed.rows.ring;
    if (rows.slide == rows.all_bytes()) return ring_below(feed.rows, ring);
    return fmt::format("      if (step >= {}) tinyc_slide_bytes({}, {}, {});\n", feed.rows.end, ring, rows.slide, rows.all_bytes()) +
           ring_below(feed.rows, ring);
  }

  // The steps of the stream that rows are pushed into which need no more rows; keeps what the others take.
  std::string pushed_stream(const Stream& stream, int& trace) {
    const Feed& feed = stream.feeds.front();
    std::tie(before_rows_, step_) = stream_parts(stream, trace);
    return fmt::format("  for (step = {}; step < {}; ++step) {}_step(base, step);\n", feed.rows.end, stream.steps, names_.prefix);
  }

  // PREFIX_begin, _push_row, _finish, and PREFIX_run in terms of them. `rest`: what follows the last row.
  std::string row_functions(const std::string& rest) {
    const Feed& feed = model_.streams.front().feeds.front();
    const Ring& ring = *feed.rows.ring;
    const std::int64_t row = ring.slide / feed.step_rows, height = feed.plane_bytes / row;
    const std::string place = ring_place(ring, "int8_t"), type = c_type(graph_.value(feed.value).type().dtype);
    const std::string count = in_arena(model_.arena.offset[static_cast<std::size_t>(model_.row_count_buffer)], "int32_t");
    const std::string to_bytes = type == "int8_t" ? "" : "(const int8_t *)(const void *)";
    const std::string base = "  int8_t *const base = (int8_t *)arena;\n", ok = fmt::format("  return {}_OK;\n}}\n", names_.macro);
    std::string text = fmt::format("/* Computes what the rows of one step allow. */\nTINYC_NOINLINE void {}_step(int8_t *base, int32_t step) {{\n{}}}\n\n",
                                   names_.prefix, step_);
    text += fmt::format("/* Takes one row, whose planes begin `apart` bytes apart. */\n"
                        "TINYC_NOINLINE void {0}_row(int8_t *base, const int8_t *row, int32_t apart) {{\n"
                        "  int32_t *const count = {1};\n  const int32_t step = *count / {2}, at = *count % {2};\n", names_.prefix, count, feed.step_rows);
    if (ring.slide < ring.all_bytes())
      text += fmt::format("  if (at == 0 && step > 0) tinyc_slide_bytes({}, {}, {});\n", place, ring.slide, ring.all_bytes());
    text += fmt::format("  tinyc_feed_rows({} + {} + at * {}, row, {}, {}, apart, {});\n  ++*count;\n", place, ring.bytes - ring.slide, row, ring.planes,
                        ring.bytes, row);
    text += fmt::format("  if (at == {} || *count == {}) {}_step(base, step);\n}}\n\n", feed.step_rows - 1, height, names_.prefix);
    text += fmt::format("int {}_begin(void *arena) {{\n", names_.prefix) + base + checks(false, false) + before_rows_ + fmt::format("  *{} = 0;\n", parenthesized(count)) + ok + "\n";
    text += fmt::format("int {}_push_row({}) {{\n", names_.prefix, push_parameters(model_)) + base + checks(false, false) +
            fmt::format("  if (row == NULL) return {0}_ERROR_NULL;\n  if (*{1} >= {2}) return {0}_ERROR_ROWS;\n  {3}_row(base, {4}row, {5});\n", names_.macro,
                        parenthesized(count), height, names_.prefix, to_bytes, row) + ok + "\n";
    text += fmt::format("int {}_finish({}) {{\n", names_.prefix, finish_parameters(model_)) + base + "  int32_t step;\n" + checks(false, true) +
            fmt::format("  if (*{} != {}) return {}_ERROR_ROWS;\n", parenthesized(count), height, names_.macro) + rest + ok + "\n";
    const std::string outputs = graph_.outputs().size() == 1 ? "output" : "outputs";
    return text + fmt::format("int {}_run({}) {{\n", names_.prefix, run_parameters(model_)) + base + "  int32_t row;\n" + checks(true, true) +
           fmt::format("  (void){0}_begin(arena);\n  for (row = 0; row < {1}; ++row) {0}_row(base, {2}input + row * {3}, {4});\n"
                       "  return {0}_finish(arena, {5});\n}}\n", names_.prefix, height, to_bytes, row, feed.plane_bytes, outputs);
  }
  static std::string parenthesized(const std::string& text) { return "(" + text + ")"; }

  // The layer whose ring the layer `at` is the first to write in a step, perhaps for a later one that works in place.
  static const StreamedLayer* first_write(const Stream& stream, std::size_t at) {
    const Band& output = stream.layers[at].output;
    for (std::size_t i = 0; i < at; ++i)
      if (stream.layers[i].output.place == output.place) return nullptr;
    for (std::size_t i = at; i < stream.layers.size() && output.in_ring; ++i)
      if (stream.layers[i].ring && stream.layers[i].output.place == output.place) return &stream.layers[i];
    return nullptr;
  }

  std::string feed_text(const Stream& stream, const Feed& feed, const std::string& ring) {
    const std::string type = c_type(graph_.value(feed.value).type().dtype);
    std::string from = band_pointer(stream, feed.rows, feed.rows.inputs.front(), feed.value, true);
    if (type != "int8_t") from = fmt::format("(const int8_t *)(const void *)({})", from);
    return fmt::format("      /* rows of {} */\n{}      {}tinyc_feed_rows({}, {}, {}, {}, {}, {});\n{}", comment_text(graph_.value(feed.value).name()),
                       ring_slide(feed.rows, ring), condition_text(stream, feed.rows), band_text(feed.rows, feed.rows.output, 1, ring),
                       from, feed.rows.ring->planes, feed.rows.ring->bytes, feed.plane_bytes, band_bytes(feed.rows),
                       ring_below(feed.rows, ring));
  }

  // Functions of their own for the first and the last step, where they differ, and one for those between: in each of them a
  // compiler sees constants.
  std::string streamed_layer(const Stream& stream, std::size_t index, const StreamedLayer& layer, int trace) {
    const auto& calls = names_.calls[index];
    const NamedCall* last = layer.last ? &calls.back() : nullptr;
    const ValueId value = graph_.node(model_.layers[index].node).results().front();
    const std::string result = band_pointer(stream, layer, layer.output, value, false);
    std::string text = fmt::format("      {}{{\n", condition_text(stream, layer));
    if (layer.first)
      text += fmt::format("        if (step == {}) {}        else ", layer.begin, streamed_call(stream, index, layer, calls[1], result));
    else text += "        ";
    if (last) text += fmt::format("if (step == {}) {}        else ", layer.end - 1, streamed_call(stream, index, layer, *last, result));
    return text + streamed_call(stream, index, layer, calls.front(), result) +
           fmt::format("        {}_TRACE({}, {}, {});\n      }}\n", names_.macro, trace, result, band_bytes(layer));
  }

  std::string streamed_call(const Stream& stream, std::size_t index, const StreamedLayer& layer, const NamedCall& named,
                            const std::string& result) {
    const KernelCall& call = *named.call;
    const auto type = [&](ValueId value) { return c_type(graph_.value(value).type().dtype); };
    std::string arguments, parameters, passed;
    for (std::size_t k = 0; k < call.inputs.size(); ++k) {
      if (!call.inputs[k].valid()) {
        passed += ", NULL";
        continue;
      }
      arguments += (layer.inputs[k].place.valid() ? band_pointer(stream, layer, layer.inputs[k], call.inputs[k], true)
                                                  : pointer(call.inputs[k], true)) + ", ";
      parameters += fmt::format("const {} *x{}, ", type(call.inputs[k]), k);
      passed += fmt::format(", x{}", k);
    }
    const bool scratch = call.scratch.count > 0;
    bands_ += fmt::format("TINYC_NOINLINE void {}_rows({}{} *y{}) {{\n  {}(&{}{}, y{});\n}}\n", named.params, parameters,
                          type(call.outputs.front()), scratch ? ", void *scratch" : "", call.kernel, named.params, passed,
                          scratch ? ", scratch" : "");
    return fmt::format("{}_rows({}{}{});\n", named.params, arguments, result,
                       scratch ? ", " + in_arena(model_.scratch_offset(index), "int8_t") : "");
  }

  std::string ring_place(const Ring& ring, std::string_view type) {
    return in_arena(model_.arena.offset[static_cast<std::size_t>(ring.buffer)], type);
  }

  // The pointer to a band of `value`, which lies in another value's place, perhaps.
  std::string band_pointer(const Stream& stream, const StreamedLayer& layer, const Band& band, ValueId value, bool is_const) {
    const auto size = static_cast<std::int64_t>(size_of(graph_.value(value).type().dtype));
    std::string place;
    if (!band.in_ring) {
      place = pointer(band.place, is_const);
    } else {
      const std::string type = c_type(graph_.value(value).type().dtype);
      for (const Feed& feed : stream.feeds)
        if (feed.value == band.place) place = ring_place(*feed.rows.ring, type);
      for (const StreamedLayer& other : stream.layers)
        if (other.ring && other.output.place == band.place) place = ring_place(*other.ring, type);
    }
    return band_text(layer, band, size, place);
  }

  std::string layer_comment(std::size_t index, std::string_view indent = "\n  ") const {
    const CompiledLayer& layer = model_.layers[index];
    const Node& node = graph_.node(layer.node);
    std::string text = fmt::format("{}/* {}: {}", indent, comment_text(layer.name), node.op().name);
    for (const ValueId operand : node.operands())
      if (operand.valid() && !model_.is_constant(operand)) text += " " + graph_.value(operand).type().shape.to_string();
    text += " ->";
    for (const ValueId result : node.results()) text += " " + graph_.value(result).type().shape.to_string();
    return text + " */\n";
  }

  const CompiledModel& model_;
  const Graph& graph_;
  const Names& names_;
  bool uses_arena_ = false;
  std::string bands_;  // the functions of streamed layers
  std::string before_rows_, step_;  // with push_rows
};

}  // namespace

std::string source_text(const CompiledModel& model, const Names& names) {
  std::string text = file_comment(model, "the inference");
  text += fmt::format("#include \"{}.h\"\n\n{}#include <string.h>\n\n#include \"tinyc_runtime.h\"\n\n", names.prefix,
                      has_unbounded_param(model) ? "#include <math.h>\n" : "");
  text += fmt::format("/* Sees what each layer wrote; {}_selftest.c defines it. */\n"
                      "#ifndef {}_TRACE\n#define {}_TRACE(layer, data, bytes) ((void)0)\n#endif\n\n",
                      names.prefix, names.macro, names.macro);
  text += fmt::format("/* Around each layer; {0}_benchmark.c defines them. */\n"
                      "#ifndef {1}_PROFILE_BEGIN\n#define {1}_PROFILE_BEGIN(layer) ((void)0)\n#define {1}_PROFILE_END(layer) ((void)0)\n#endif\n\n",
                      names.prefix, names.macro);
  if (!names.tables.empty()) {
    text += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
    for (const NamedTable& table : names.tables) text += declaration(table);
    text += "#ifdef __cplusplus\n}\n#endif\n\n";
  }
  for (const auto& calls : names.calls)
    for (const NamedCall& call : calls) text += params_struct(call);
  return text + "\n" + RunWriter(model, names).text();
}

std::string weights_text(const CompiledModel& model, const Names& names) {
  std::string text = file_comment(model, "the constant tables");
  const bool finite = std::ranges::all_of(names.tables, [](const NamedTable& table) { return is_finite(*table.data); });
  text += fmt::format("{}#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n", finite ? "" : "#include <math.h>\n");
  if (names.tables.empty()) text += fmt::format("\nextern const int8_t {0}_no_tables;\nconst int8_t {0}_no_tables = 0;\n", names.prefix);
  for (const NamedTable& table : names.tables) {
    text += fmt::format("\n/* {} {}{} */\n", comment_text(table.comment), to_string(table.data->dtype()),
                        table.data->shape().to_string());
    text += declaration(table);
    text += fmt::format("const {} {}[{}] = {{\n{}}};\n", c_type(table.data->dtype()), table.name, array_size(*table.data),
                        table_values(*table.data));
  }
  return text + "\n#ifdef __cplusplus\n}\n#endif\n";
}

}  // namespace tinyc::c
