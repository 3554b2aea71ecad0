#include "passes/lower/streams.h"

#include <algorithm>
#include <limits>

#include "lib/support/check.h"

namespace tinyc {
namespace {

constexpr std::int64_t least_steps = 3;  // of a layer: a first, one between, a last
constexpr std::int64_t nowhere = std::numeric_limits<std::int64_t>::max();

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return -floor_div(-a, b); }

class Planner {
 public:
  Planner(const CompiledModel& model, const RowLayers& layers, const StreamShape& shape)
      : model_(model), graph_(model.graph), layers_(layers) {
    planned_.shape = shape;
    planned_.stream.first = shape.first, planned_.stream.last = shape.last, planned_.stream.rows = shape.rows;
  }

  std::optional<PlannedStream> plan() {
    if (!collect() || !set_rates()) return std::nullopt;
    set_delays();
    for (Member& member : members_)
      if (!set_steps(member)) return std::nullopt;
    if (!add_rings()) return std::nullopt;
    for (Member& member : members_)
      if (!(member.node ? add_bands(member) : add_feed(member))) return std::nullopt;
    for (std::size_t i = members_.size(); i-- > 0;)
      if (members_[i].node) write_in_place(members_[i]);
    for (Member& member : members_) {
      planned_.stream.steps = std::max(planned_.stream.steps, member.streamed.end);
      if (!member.node) continue;
      planned_.stream.layers.push_back(member.streamed);
      planned_.layers.push_back(member.layer);
    }
    find_overlaps();
    return std::move(planned_);
  }

 private:
  struct Member {
    const CompiledLayer* compiled = nullptr;  // nullptr: a feed
    const Node* node = nullptr;
    RowWindow window = {};
    ValueId result = {};                    // of a feed the value that it takes rows of
    std::int64_t planes = 1;
    bool full = false;                      // the result exists in full
    std::vector<std::size_t> readers = {};  // members
    std::int64_t height = 0, bytes = 0;     // rows of the result, bytes of one
    std::int64_t rate = 0;                  // rows in a step
    std::int64_t delay = 0;                 // at step t: rows [rate * t - delay, rate * (t + 1) - delay)
    std::int64_t kept = 0;                  // rows of the ring
    StreamedLayer streamed = {};
    PlannedStream::Layer layer = {};

    std::int64_t clipped() const { return delay - rate * streamed.begin; }  // rows before row 0 that the first step leaves out
    std::int64_t row(std::int64_t step) const { return std::clamp<std::int64_t>(rate * step - delay, 0, height); }
  };

  int member_of(ValueId value) const {
    for (std::size_t i = 0; i < members_.size(); ++i)
      if (members_[i].result == value) return static_cast<int>(i);
    return -1;
  }

  bool collect() {
    for (std::size_t at = planned_.stream.first; at <= planned_.stream.last; ++at)
      if (!layers_.windows[at]) return false;
    if (planned_.shape.feed && !collect_feeds()) return false;
    for (std::size_t at = planned_.stream.first; at <= planned_.stream.last; ++at) {
      Member member{.compiled = &model_.layers[at], .node = &graph_.node(model_.layers[at].node), .window = *layers_.windows[at]};
      member.result = member.node->results().front();
      const Type& type = graph_.value(member.result).type();
      member.height = rows_of(type), member.bytes = row_bytes(type);
      const auto [from, to] = layers_.readers[member.result.index];
      member.full = layers_.outputs[member.result.index] || to > static_cast<int>(planned_.stream.last) || from < 0;
      for (const ValueId operand : member.node->operands()) {
        const int producer = operand.valid() ? member_of(operand) : -1;
        if (producer < 0) continue;
        Member& from_member = members_[static_cast<std::size_t>(producer)];
        if (member.window.planar && from_member.node) return false;
        if (from_member.readers.empty() || from_member.readers.back() != members_.size()) from_member.readers.push_back(members_.size());
      }
      members_.push_back(std::move(member));
    }
    return true;
  }

  // Operands from outside that windows reach beyond. False when there is none.
  bool collect_feeds() {
    std::vector<ValueId> results;
    for (std::size_t at = planned_.stream.first; at <= planned_.stream.last; ++at) {
      const Node& node = graph_.node(model_.layers[at].node);
      const RowWindow& window = *layers_.windows[at];
      const ValueId operand = node.operands().front();
      const bool inside = std::ranges::find(results, operand) != results.end();
      const bool pushed = model_.push_rows && graph_.is_input(operand);
      if (!inside && (window.pad > 0 || window.planar || pushed) && member_of(operand) < 0) {
        const Type& type = graph_.value(operand).type();
        Member member{.result = operand};
        member.height = rows_of(type, window.planar), member.bytes = row_bytes(type, window.planar);
        member.planes = window.planar ? type.shape[1] : 1;
        members_.push_back(std::move(member));
      }
      results.push_back(node.results().front());
    }
    return !members_.empty();
  }

  // Rows of every layer in a step: the strides between them must go together. A kernel that computes several rows at a time
  // is not called for a part of them.
  bool set_rates() {
    members_.back().rate = planned_.shape.rows;
    for (std::size_t round = 0; round < members_.size(); ++round) {
      bool changed = false;
      for (std::size_t i = members_.size(); i-- > 0;)
        for (const std::size_t reader : members_[i].readers) {
          Member &from = members_[i], &to = members_[reader];
          if (to.rate > 0 && from.rate == 0) {
            from.rate = to.rate * to.window.stride, changed = true;
          } else if (from.rate > 0 && to.rate == 0) {
            if (from.rate % to.window.stride != 0) return false;
            to.rate = from.rate / to.window.stride, changed = true;
          } else if (from.rate != to.rate * to.window.stride) {
            return false;
          }
        }
      if (!changed) break;
    }
    return std::ranges::all_of(members_, [&](const Member& member) {
      if (member.rate == 0 || member.window.unit == 1) return member.rate > 0;
      return planned_.shape.even && member.height % member.rate == 0 && member.rate % member.window.unit == 0;
    });
  }

  // As late as the readers allow, then all of them so that none begins before step 0.
  void set_delays() {
    for (std::size_t i = members_.size(); i-- > 0;) {
      Member& member = members_[i];
      if (!member.readers.empty()) member.delay = nowhere;
      for (const std::size_t reader : member.readers) {
        const Member& to = members_[reader];
        member.delay = std::min(member.delay, to.window.stride * (to.delay + 1) + to.window.pad - to.window.extent);
      }
      if (planned_.shape.even) member.delay = floor_div(member.delay, member.rate) * member.rate;
    }
    std::int64_t shift = 0;
    for (const Member& member : members_) shift = std::max(shift, ceil_div(-member.delay, member.rate));
    for (Member& member : members_) member.delay += shift * member.rate;
  }

  bool set_steps(Member& member) {
    StreamedLayer& streamed = member.streamed;
    streamed.begin = floor_div(member.delay, member.rate);
    streamed.end = ceil_div(member.height + member.delay, member.rate);
    if (streamed.end - streamed.begin < least_steps) return false;
    streamed.bytes = member.rate * member.bytes;
    streamed.first_bytes = member.row(streamed.begin + 1) * member.bytes;
    streamed.last_bytes = (member.height - member.row(streamed.end - 1)) * member.bytes;
    return true;
  }

  bool add_rings() {
    for (Member& member : members_) {
      if (member.full) continue;
      std::int64_t earliest = 0, above = 0;  // relative to rate * t - delay = 0; rows of padding
      bool below = false;
      std::optional<int> fill;
      for (const std::size_t reader : member.readers) {
        const Member& to = members_[reader];
        const RowWindow& window = to.window;
        earliest = std::min(earliest, member.delay - window.stride * to.delay - window.pad);
        const bool ends_below = window.stride * (to.height - 1) - window.pad + window.extent > member.height;
        if (window.pad == 0 && !ends_below) continue;
        if (!window.fill || (fill && *fill != *window.fill)) return false;
        fill = window.fill;
        above = std::max(above, window.pad);
        below = below || ends_below;
      }
      member.kept = member.rate - earliest;
      Ring ring;
      ring.planes = member.planes;
      ring.bytes = member.kept * member.bytes;
      ring.slide = member.rate * member.bytes;
      ring.padding = above * member.bytes;
      ring.padding_at = ring.bytes - member.streamed.first_bytes - ring.padding;
      ring.padding_below = below;
      ring.rest_at = ring.bytes - ring.slide + member.streamed.last_bytes;
      ring.rest = below ? ring.slide - member.streamed.last_bytes : 0;
      ring.fill = fill.value_or(0);
      if (ring.padding_at < 0) return false;
      member.streamed.ring = ring;
    }
    return true;
  }

  bool add_bands(Member& member) {
    StreamedLayer& streamed = member.streamed;
    const std::int64_t first_rows = member.row(streamed.begin + 1), last_rows = member.height - member.row(streamed.end - 1);
    const auto in_rows = [&](std::int64_t rows) { return (rows - 1) * member.window.stride + member.window.extent; };
    member.layer.window = member.window;
    member.layer.first = {first_rows, in_rows(first_rows), 0, 0};
    member.layer.middle = {member.rate, in_rows(member.rate), 0, 0};
    member.layer.last = {last_rows, in_rows(last_rows), 0, 0};
    member.layer.kept_rows = std::max<std::int64_t>(0, member.window.extent - member.window.stride);
    if (member.full) {
      streamed.output = {member.result, false, 0, -member.delay * member.bytes, member.rate * member.bytes,
                         member.row(streamed.end - 1) * member.bytes};
    } else {
      streamed.output = in_ring(member);
    }
    for (const ValueId operand : member.compiled->calls.front().inputs) {
      Band& band = streamed.inputs.emplace_back();
      if (!operand.valid() || graph_.value(operand).is_constant()) continue;
      if (!read_band(member, operand, band)) return false;
    }
    return true;
  }

  static Band in_ring(const Member& member) {
    const std::int64_t at = member.streamed.ring->bytes - member.streamed.ring->slide;
    return {member.result, true, at + member.clipped() * member.bytes, at, 0, at};
  }

  bool add_feed(Member& member) {
    StreamedLayer& streamed = member.streamed;
    streamed.output = in_ring(member);
    streamed.inputs = {{member.result, false, 0, -member.delay * member.bytes, member.rate * member.bytes,
                        member.row(streamed.end - 1) * member.bytes}};
    planned_.stream.feeds.push_back({member.result, member.height * member.bytes, member.rate, streamed});
    return true;
  }

  bool read_band(Member& member, ValueId operand, Band& band) {
    const RowWindow& window = member.window;
    const int producer = member_of(operand);
    if (producer < 0 || members_[static_cast<std::size_t>(producer)].full) return read_full(member, operand, band);
    const Member& from = members_[static_cast<std::size_t>(producer)];
    const std::int64_t row = from.delay + from.kept - from.rate - window.pad - window.stride * member.delay;
    TINYC_CHECK(row >= 0, "a ring that holds what is read");
    member.layer.plane_rows = from.kept;
    const std::int64_t first_row = row + window.stride * member.clipped();
    if (window.planar) {  // the kernel counts its rows from the planes' beginnings
      if (first_row != row) return false;
      member.layer.skipped_rows = row;
      band = {operand, true, 0, 0, 0, 0};
    } else {
      band = {operand, true, first_row * from.bytes, row * from.bytes, 0, row * from.bytes};
    }
    return true;
  }

  // Of a value that exists in full the kernel adds the padding itself, in the first and the last step only.
  bool read_full(Member& member, ValueId operand, Band& band) {
    const RowWindow& window = member.window;
    StreamedLayer& streamed = member.streamed;
    const Type& type = graph_.value(operand).type();
    const std::int64_t height = rows_of(type, window.planar), bytes = row_bytes(type, window.planar);
    const auto start = [&](std::int64_t step) { return window.stride * member.row(step) - window.pad; };
    const auto end = [&](std::int64_t step) { return start(step) + (member.row(step + 1) - member.row(step) - 1) * window.stride + window.extent; };
    const std::int64_t last = streamed.end - 1;
    if (end(streamed.begin) > height || start(streamed.begin + 1) < 0 || end(last - 1) > height || start(last) >= height) return false;
    if (window.planar && end(last - 1) == height) return false;  // kernels may read on behind all rows but a plane's last one
    member.layer.plane_rows = height;
    member.layer.first.pad_above = window.pad;
    member.layer.first.in_rows = end(streamed.begin);
    member.layer.last.pad_below = std::max<std::int64_t>(0, end(last) - height);
    member.layer.last.in_rows = std::min(end(last), height) - start(last);
    band = {operand, false, 0, -(window.stride * member.delay + window.pad) * bytes, window.stride * member.rate * bytes,
            start(last) * bytes};
    if (window.planar) band.last = 0;  // the kernel counts its rows from the planes' beginnings
    return true;
  }

  // An element-wise layer overwrites the operand that nobody else reads: that is computed where the result will be.
  void write_in_place(Member& member) {
    const int index = member.node->op().in_place_operand;
    const KernelCall& call = member.compiled->calls.front();
    if (index < 0 || !member.node->op().elementwise) return;
    const ValueId operand = member.node->operands()[static_cast<std::size_t>(index)];
    const int producer = operand.valid() ? member_of(operand) : -1;
    if (producer < 0) return;
    Member& from = members_[static_cast<std::size_t>(producer)];
    if (!from.node || from.full || from.readers.size() != 1 || from.kept != from.rate || from.delay != member.delay) return;
    const Type &in = graph_.value(operand).type(), &out = graph_.value(member.result).type();
    if (in.shape != out.shape || in.dtype != out.dtype) return;
    from.streamed.output = member.streamed.output;
    from.streamed.ring = std::nullopt;
    for (std::size_t i = 0; i < call.inputs.size(); ++i)
      if (call.inputs[i] == operand) member.streamed.inputs[i] = member.streamed.output;
  }

  // --- which results may begin how far before an operand that dies here

  struct Access {
    const Member* member;
    std::int64_t step;
  };

  void find_overlaps() {
    std::vector<Access> order;
    for (std::int64_t step = 0; step < planned_.stream.steps; ++step)
      for (const Member& member : members_)  // feeds come first
        if (member.streamed.begin <= step && step < member.streamed.end) order.push_back({&member, step});
    std::vector<ValueId> operands;
    for (const Member& member : members_)
      for (const Band& band : member.streamed.inputs)
        if (band.place.valid() && !band.in_ring && !is_result(band.place) && std::ranges::find(operands, band.place) == operands.end())
          operands.push_back(band.place);
    for (const ValueId operand : operands)
      for (const Member& member : members_)
        if (member.full) planned_.overlaps.push_back({operand, member.result, lead_of(operand, member.result, order)});
  }

  std::int64_t lead_of(ValueId operand, ValueId result, const std::vector<Access>& order) const {
    std::int64_t lead = 0, needed = nowhere;  // bytes of the operand before `needed` are no longer read
    bool same_place = true;
    for (std::size_t i = order.size(); i-- > 0;) {
      const StreamedLayer& layer = order[i].member->streamed;
      std::int64_t own = nowhere;
      for (const Band& band : layer.inputs)
        if (band.place == operand && !band.in_ring) own = std::min(own, layer.offset(band, order[i].step));
      if (layer.output.place == result && !layer.output.in_ring) {
        const std::int64_t begin = layer.offset(layer.output, order[i].step), end = begin + layer.bytes_of(order[i].step);
        lead = std::max(lead, end - std::min(needed, own));
        same_place = same_place && end <= needed && (own == nowhere || (own == begin && works_in_place(*order[i].member, operand)));
      }
      needed = std::min(needed, own);
    }
    return same_place ? 0 : lead;
  }

  bool is_result(ValueId value) const {
    const int member = member_of(value);
    return member >= 0 && members_[static_cast<std::size_t>(member)].node;
  }

  bool works_in_place(const Member& member, ValueId operand) const {
    const int index = member.node ? member.node->op().in_place_operand : -1;
    return index >= 0 && member.node->op().elementwise && member.node->operands()[static_cast<std::size_t>(index)] == operand &&
           graph_.value(operand).type().dtype == graph_.value(member.result).type().dtype;
  }

  const CompiledModel& model_;
  const Graph& graph_;
  const RowLayers& layers_;
  std::vector<Member> members_;  // feeds, then layers
  PlannedStream planned_;
};

// A kernel of planar input takes the height of the planes, and finds its rows by their distance from the planes' beginning.
bool set_planar_rows(KernelCall& call, const PlannedStream::Layer& layer, std::int64_t pad) {
  return !layer.window.planar || (set_parameter(call, "in_height", layer.plane_rows) && set_parameter(call, "pad_top", pad - layer.skipped_rows));
}

}  // namespace

RowLayers row_layers(const CompiledModel& model) {
  const Graph& graph = model.graph;
  RowLayers layers{{}, std::vector<std::pair<int, int>>(graph.value_bound(), {-1, -1}), std::vector<bool>(graph.value_bound(), false)};
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const NodeView node = view(graph, model.layers[i].node);
    layers.windows.push_back(row_window(node, model.layers[i]));
    for (const ValueId operand : node.operand_ids) {
      if (!operand.valid()) continue;
      auto& [first, last] = layers.readers[operand.index];
      if (first < 0) first = static_cast<int>(i);
      last = static_cast<int>(i);
    }
  }
  for (const ValueId output : graph.outputs()) layers.outputs[output.index] = true;
  return layers;
}

std::optional<PlannedStream> plan_stream(const CompiledModel& model, const RowLayers& layers, const StreamShape& shape) {
  return Planner(model, layers, shape).plan();
}

bool lower_stream(CompiledModel& model, PlannedStream& planned) {
  Stream& stream = planned.stream;
  std::vector<KernelCall> calls;
  for (std::size_t i = 0; i < stream.layers.size(); ++i) {
    const CompiledLayer& compiled = model.layers[stream.first + i];
    const PlannedStream::Layer& layer = planned.layers[i];
    StreamedLayer& streamed = stream.layers[i];
    const auto call_of = [&](const BandSize& size) { return band_call(model.graph, compiled, layer.window, size, model.features); };
    auto middle = call_of(layer.middle);
    if (!middle || !set_planar_rows(*middle, layer, 0)) return false;
    if (layer.first != layer.middle) {
      streamed.first = call_of(layer.first);
      if (!streamed.first || !set_planar_rows(*streamed.first, layer, layer.window.pad)) return false;
    }
    const bool planar_end = layer.window.planar && !streamed.inputs.front().in_ring;
    if (planar_end || layer.last != layer.middle) {
      streamed.last = call_of(layer.last);
      const std::int64_t row = rows_of(model.graph.value(streamed.output.place).type()) - layer.last.out_rows;
      if (!streamed.last || !set_planar_rows(*streamed.last, layer, planar_end ? layer.window.pad - layer.window.stride * row : 0)) return false;
    }
    calls.push_back(std::move(*middle));
  }
  for (std::size_t i = 0; i < calls.size(); ++i) model.layers[stream.first + i].calls.front() = std::move(calls[i]);
  return true;
}

}  // namespace tinyc
