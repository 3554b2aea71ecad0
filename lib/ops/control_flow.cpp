// If with a constant condition is the branch it takes; Loop and Scan with a known number of iterations are as many
// copies of their body.

#include <algorithm>

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

using Values = std::vector<ValueId>;
using Integers = std::vector<std::int64_t>;

constexpr std::int64_t max_iterations = 10'000;

Error depends_on_data(const ImportContext& context, const std::string& what) {
  return Error("TC3107", std::string(context.name()),
               "control flow (" + std::string(context.op_type()) + "): " + what, "export the model unrolled");
}

Error too_long(const ImportContext& context) {
  return Error("TC8103", std::string(context.name()),
               std::string(context.op_type()) + ": more than " + std::to_string(max_iterations) + " iterations, tinyc's limit");
}

// A constant of one element; nothing when it is computed at run time. TC4001 for several elements.
Result<std::optional<std::int64_t>> known_number(ImportContext& context, ValueId id, const std::string& what) {
  const Value& value = context.value(id);
  if (!value.is_constant()) return std::optional<std::int64_t>();
  if (value.constant().elements() != 1 || is_float(value.constant().dtype()))
    return context.invalid("the " + what + " is " + value.type().to_string() + ", not one number");
  return std::optional(value.constant().to_integers().front());
}

Status check_outputs(const ImportContext& context, std::size_t count) {
  if (context.output_count() > static_cast<int>(count))
    return context.invalid("the node has " + std::to_string(context.output_count()) + " outputs, its body makes " + std::to_string(count));
  return {};
}

Result<Values> import_if(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const auto condition = TINYC_TRY(known_number(context, context.input(0), "condition"));
  if (!condition) return depends_on_data(context, "the condition is computed at run time");
  auto results = TINYC_TRY(context.import_body(*condition ? "then_branch" : "else_branch", {}, ""));
  TINYC_TRY(check_outputs(context, results.size()));
  return results;
}

// --- tensors element by element along an axis

Result<ValueId> element(ImportContext& context, ValueId from, int axis, std::int64_t index, const std::string& suffix) {
  Integers sizes = context.value(from).type().shape.sizes();
  Integers starts(sizes.size(), 0), steps(sizes.size(), 1);
  const auto at = static_cast<std::size_t>(axis);
  starts[at] = index;
  sizes[at] = 1;
  const ValueId slice =
      TINYC_TRY(context.emit("slice", {from}, {{"starts", starts}, {"steps", steps}, {"sizes", sizes}}, suffix + "_slice"));
  sizes.erase(sizes.begin() + axis);
  return context.emit("reshape", {slice}, {{"shape", sizes}}, suffix + "_element");
}

Result<ValueId> stacked(ImportContext& context, const Values& elements, int axis, const std::string& suffix) {
  Values parts;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    Integers sizes = context.value(elements[i]).type().shape.sizes();
    if (axis > static_cast<int>(sizes.size())) return context.invalid("an axis beyond the rank of an output");
    sizes.insert(sizes.begin() + axis, 1);
    parts.push_back(TINYC_TRY(context.emit("reshape", {elements[i]}, {{"shape", sizes}}, suffix + "_part" + std::to_string(i))));
  }
  if (parts.size() == 1) return parts.front();
  return context.emit("concat", std::move(parts), {{"axis", std::int64_t{axis}}}, suffix);
}

// The values that iterations carry on, and the outputs that they add to.
struct Unrolled {
  Values carried;
  std::vector<Values> collected;

  void collect(const Values& results, std::size_t first) {
    collected.resize(results.size() - first);
    for (std::size_t k = 0; k < collected.size(); ++k) collected[k].push_back(results[first + k]);
  }
};

// --- Loop

Result<Values> import_loop(ImportContext& context) {
  if (context.input_count() == 0) return context.invalid("it has neither a trip count nor a condition nor values");
  std::int64_t trips = max_iterations + 1;
  if (context.has_input(0)) {
    const auto known = TINYC_TRY(known_number(context, context.input(0), "trip count"));
    if (!known) return depends_on_data(context, "the trip count is computed at run time");
    trips = *known;
  }
  ValueId condition = context.has_input(1) ? context.input(1) : context.constant("condition", Tensor::scalar(true));
  Unrolled loop;
  for (int i = 2; i < context.input_count(); ++i) {
    if (!context.has_input(i)) return context.invalid("a carried value is missing");
    loop.carried.push_back(context.input(i));
  }
  std::int64_t done = 0;
  for (; done < trips; ++done) {
    const auto goes_on = TINYC_TRY(known_number(context, condition, "condition"));
    if (!goes_on) return depends_on_data(context, "the condition is computed at run time");
    if (!*goes_on) break;
    if (done == max_iterations) return too_long(context);
    const std::string suffix = std::to_string(done);
    Values inputs{context.constant("iteration_" + suffix, Tensor::scalar(done)), condition};
    inputs.insert(inputs.end(), loop.carried.begin(), loop.carried.end());
    const Values results = TINYC_TRY(context.import_body("body", inputs, suffix));
    if (results.size() < 1 + loop.carried.size()) return context.invalid("the body makes fewer values than it is given");
    condition = results.front();
    std::copy_n(results.begin() + 1, loop.carried.size(), loop.carried.begin());
    loop.collect(results, 1 + loop.carried.size());
  }
  Values outputs = loop.carried;
  if (done == 0 && context.output_count() > static_cast<int>(outputs.size()))
    return context.unsupported("outputs of a loop that never runs");
  for (std::size_t k = 0; k < loop.collected.size(); ++k)
    outputs.push_back(TINYC_TRY(stacked(context, loop.collected[k], 0, "stack" + std::to_string(k))));
  TINYC_TRY(check_outputs(context, outputs.size()));
  return outputs;
}

// --- Scan

Result<Integers> list_of(const ImportContext& context, std::string_view name, std::size_t count) {
  Integers list = TINYC_TRY(attribute_or<Integers>(context, name, Integers(count, 0)));
  if (list.size() != count) return context.invalid("the attribute '" + std::string(name) + "' has " + std::to_string(list.size()) +
                                                   " elements, not " + std::to_string(count));
  return list;
}

struct ScanInput {
  ValueId value;
  int axis;
  bool backward;
};

Result<std::vector<ScanInput>> scan_inputs(ImportContext& context, std::size_t count, std::int64_t& trips) {
  const Integers axes = TINYC_TRY(list_of(context, "scan_input_axes", count));
  const Integers directions = TINYC_TRY(list_of(context, "scan_input_directions", count));
  std::vector<ScanInput> inputs;
  trips = -1;
  for (std::size_t k = 0; k < count; ++k) {
    const ValueId value = context.input(context.input_count() - static_cast<int>(count - k));
    const Shape shape = context.value(value).type().shape;
    const int axis = TINYC_TRY(checked_axis(context, axes[k], shape.rank()));
    if (trips >= 0 && trips != shape[axis]) return context.invalid("inputs of different lengths");
    trips = shape[axis];
    inputs.push_back({value, axis, directions[k] != 0});
  }
  return inputs;
}

Result<Values> scan_outputs(ImportContext& context, Unrolled& scan) {
  const Integers axes = TINYC_TRY(list_of(context, "scan_output_axes", scan.collected.size()));
  const Integers directions = TINYC_TRY(list_of(context, "scan_output_directions", scan.collected.size()));
  Values outputs = scan.carried;
  for (std::size_t k = 0; k < scan.collected.size(); ++k) {
    Values& elements = scan.collected[k];
    if (directions[k] != 0) std::ranges::reverse(elements);
    const int rank = context.value(elements.front()).type().shape.rank() + 1;
    const int axis = TINYC_TRY(checked_axis(context, axes[k], rank));
    outputs.push_back(TINYC_TRY(stacked(context, elements, axis, "stack" + std::to_string(k))));
  }
  return outputs;
}

Result<Values> import_scan(ImportContext& context) {
  if (context.opset() < 9)
    return context.unsupported("the batched form of opset 8", "export the model with an opset of 9 or later");
  TINYC_TRY(check_inputs(context, context.input_count(), context.input_count()));
  const auto scanned = TINYC_TRY(required_attribute<std::int64_t>(context, "num_scan_inputs"));
  if (scanned < 1 || scanned > context.input_count()) return context.invalid("it has fewer inputs than 'num_scan_inputs'");
  std::int64_t trips = 0;
  const std::vector<ScanInput> inputs = TINYC_TRY(scan_inputs(context, static_cast<std::size_t>(scanned), trips));
  if (trips > max_iterations) return too_long(context);
  if (trips == 0) return context.unsupported("a scan over nothing");
  Unrolled scan;
  for (int i = 0; i + scanned < context.input_count(); ++i) scan.carried.push_back(context.input(i));
  for (std::int64_t t = 0; t < trips; ++t) {
    const std::string suffix = std::to_string(t);
    Values given = scan.carried;
    for (std::size_t k = 0; k < inputs.size(); ++k)
      given.push_back(TINYC_TRY(element(context, inputs[k].value, inputs[k].axis, inputs[k].backward ? trips - 1 - t : t,
                                        suffix + "_" + std::to_string(k))));
    const Values results = TINYC_TRY(context.import_body("body", given, suffix));
    if (results.size() < scan.carried.size()) return context.invalid("the body makes fewer values than it is given");
    std::copy_n(results.begin(), scan.carried.size(), scan.carried.begin());
    scan.collect(results, scan.carried.size());
  }
  Values outputs = TINYC_TRY(scan_outputs(context, scan));
  TINYC_TRY(check_outputs(context, outputs.size()));
  return outputs;
}

}  // namespace

const std::vector<OnnxImport>& control_flow() {
  static const std::vector<OnnxImport> imports{{"If", import_if}, {"Loop", import_loop}, {"Scan", import_scan}};
  return imports;
}

}  // namespace tinyc::ops
