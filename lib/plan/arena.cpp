#include "lib/plan/arena.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "lib/support/check.h"

namespace tinyc {
namespace {

bool alive_together(const Buffer& a, const Buffer& b) { return a.first <= b.last && b.first <= a.last; }

std::int64_t round_up(std::int64_t value, std::int64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

// The offset in the narrowest range between the forbidden ones (open, sorted), or behind them.
std::int64_t best_fit(const std::vector<std::pair<std::int64_t, std::int64_t>>& forbidden, std::int64_t alignment) {
  std::int64_t best = -1, least_room = std::numeric_limits<std::int64_t>::max(), free_from = 0;
  for (const auto& [after, before] : forbidden) {
    const std::int64_t room = after - free_from;
    if (room >= 0 && room < least_room) {
      best = free_from;
      least_room = room;
    }
    free_from = std::max(free_from, round_up(before, alignment));
  }
  return best >= 0 ? best : free_from;
}

std::vector<Span> spans_of(const Buffer& buffer) {
  return buffer.spans.empty() ? std::vector<Span>{{buffer.first, buffer.last, 0, buffer.bytes}} : buffer.spans;
}

// All but the topmost of the buffers alive at one step take whole units of the alignment.
std::int64_t largest_sum_alive(const std::vector<Buffer>& buffers, std::int64_t alignment) {
  std::int64_t largest = 0;
  std::vector<Span> all;
  for (const Buffer& buffer : buffers) {
    const std::vector<Span> spans = spans_of(buffer);
    all.insert(all.end(), spans.begin(), spans.end());
  }
  for (const Span& at : all) {  // the sum can only grow where a span begins
    std::int64_t sum = 0, most_waste = 0;
    for (const Span& span : all) {
      if (at.first < span.first || span.last < at.first) continue;
      const std::int64_t bytes = span.high - span.low, rounded = round_up(bytes, alignment);
      sum += rounded;
      most_waste = std::max(most_waste, rounded - bytes);
    }
    largest = std::max(largest, sum - most_waste);
  }
  return largest;
}

ArenaPlan place_in_order(const std::vector<Buffer>& buffers, const std::vector<std::size_t>& order, std::int64_t alignment) {
  ArenaPlan plan;
  plan.offset.assign(buffers.size(), 0);
  std::vector<std::vector<Span>> spans;
  for (const Buffer& buffer : buffers) spans.push_back(spans_of(buffer));
  std::vector<std::size_t> placed;
  for (const std::size_t i : order) {
    std::vector<std::pair<std::int64_t, std::int64_t>> forbidden;
    for (const std::size_t j : placed) {
      if (!alive_together(buffers[i], buffers[j])) continue;
      for (const Span& mine : spans[i])
        for (const Span& other : spans[j])
          if (mine.first <= other.last && other.first <= mine.last)
            forbidden.emplace_back(plan.offset[j] + other.low - mine.high, plan.offset[j] + other.high - mine.low);
    }
    std::sort(forbidden.begin(), forbidden.end());
    plan.offset[i] = best_fit(forbidden, alignment);
    plan.peak = std::max(plan.peak, Bytes(plan.offset[i] + buffers[i].bytes));
    placed.push_back(i);
  }
  return plan;
}

// Branch and bound over the order of offsets: every best placement can be had by putting buffers down one after the other,
// each on those below it that live with it, in an order in which offsets never fall.
class Improver {
 public:
  Improver(const std::vector<Buffer>& buffers, std::int64_t alignment, const ArenaPlan& plan)
      : buffers_(buffers), alignment_(alignment), best_(plan), offset_(buffers.size(), 0), placed_(buffers.size(), false) {
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      if (buffers[i].bytes == 0) placed_[i] = true;  // takes no place
      else order_.push_back(i);
    }
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return buffers[a].bytes > buffers[b].bytes; });
  }

  ArenaPlan run() {
    if (best_.peak > best_.lower_bound) descend(order_.size(), 0, 0);
    best_.searched = steps_;
    best_.proved = steps_ < most_steps;
    return std::move(best_);
  }

 private:
  static constexpr std::int64_t most_steps = 20'000;

  // Where a buffer comes to lie on those that are placed.
  std::int64_t lowest(std::size_t i) const {
    std::int64_t offset = 0;
    for (const std::size_t j : order_)
      if (placed_[j] && alive_together(buffers_[i], buffers_[j]))
        offset = std::max(offset, round_up(offset_[j] + buffers_[j].bytes, alignment_));
    return offset;
  }

  // No way to finish ends below this: at each buffer's first step, what is placed there and all that is to come.
  std::int64_t bound(const std::vector<std::int64_t>& offsets, std::int64_t floor) const {
    std::int64_t bound = 0;
    for (std::size_t k = 0; k < order_.size(); ++k) {
      const int step = buffers_[order_[k]].first;
      std::int64_t lowest_there = std::numeric_limits<std::int64_t>::max(), sum = 0, largest_waste = 0, top = 0;
      for (std::size_t m = 0; m < order_.size(); ++m) {
        const Buffer& other = buffers_[order_[m]];
        if (step < other.first || other.last < step) continue;
        if (placed_[order_[m]]) {
          top = std::max(top, offset_[order_[m]] + other.bytes);
          continue;
        }
        const std::int64_t rounded = round_up(other.bytes, alignment_);
        lowest_there = std::min(lowest_there, std::max(floor, offsets[m]));
        sum += rounded;
        largest_waste = std::max(largest_waste, rounded - other.bytes);
      }
      bound = std::max({bound, top, sum == 0 ? 0 : lowest_there + sum - largest_waste});
    }
    return bound;
  }

  // Places a buffer at `floor` or above; one at `floor` itself only from `after` on, for those at one offset have no order.
  void descend(std::size_t left, std::int64_t floor, std::size_t after) {
    if (left == 0) {
      std::int64_t peak = 0;
      for (const std::size_t i : order_) peak = std::max(peak, offset_[i] + buffers_[i].bytes);
      if (peak < best_.peak.count) best_.peak = Bytes(peak), best_.offset = offset_;
      return;
    }
    std::vector<std::int64_t> offsets(order_.size(), 0);
    for (std::size_t k = 0; k < order_.size(); ++k)
      if (!placed_[order_[k]]) offsets[k] = lowest(order_[k]);
    if (bound(offsets, floor) >= best_.peak.count) return;
    std::vector<std::size_t> next;
    for (std::size_t k = 0; k < order_.size(); ++k)
      if (!placed_[order_[k]] && (offsets[k] > floor || (offsets[k] == floor && k >= after))) next.push_back(k);
    std::stable_sort(next.begin(), next.end(), [&](std::size_t a, std::size_t b) { return offsets[a] < offsets[b]; });
    for (const std::size_t k : next) {
      if (++steps_ >= most_steps || best_.peak <= best_.lower_bound) return;
      placed_[order_[k]] = true;
      offset_[order_[k]] = offsets[k];
      descend(left - 1, offsets[k], k + 1);
      placed_[order_[k]] = false;
    }
  }

  const std::vector<Buffer>& buffers_;
  const std::int64_t alignment_;
  ArenaPlan best_;
  std::vector<std::int64_t> offset_;
  std::vector<bool> placed_;
  std::vector<std::size_t> order_;
  std::int64_t steps_ = 0;
};

}  // namespace

ArenaPlan improve_arena(const std::vector<Buffer>& buffers, const ArenaPlan& plan, std::int64_t alignment) {
  constexpr std::size_t most_buffers = 200;
  const bool whole = std::ranges::all_of(buffers, [](const Buffer& buffer) { return buffer.spans.empty(); });
  if (plan.peak <= plan.lower_bound || buffers.size() > most_buffers || !whole) {
    ArenaPlan same = plan;
    same.proved = plan.peak <= plan.lower_bound;
    return same;
  }
  return Improver(buffers, alignment, plan).run();
}

ArenaPlan plan_arena(const std::vector<Buffer>& buffers, std::int64_t alignment) {
  TINYC_CHECK(alignment > 0, "a positive alignment");
  for (const Buffer& buffer : buffers)
    TINYC_CHECK(buffer.bytes >= 0 && buffer.first <= buffer.last, "a buffer with a size and a lifetime");
  using Before = bool (*)(const Buffer&, const Buffer&);
  constexpr Before orders[] = {
      [](const Buffer& a, const Buffer& b) { return a.bytes > b.bytes; },
      [](const Buffer& a, const Buffer& b) { return a.bytes * (a.last - a.first + 1) > b.bytes * (b.last - b.first + 1); },
      [](const Buffer& a, const Buffer& b) { return a.first < b.first; },
      [](const Buffer& a, const Buffer& b) { return a.last > b.last; },
      [](const Buffer& a, const Buffer& b) { return a.last - a.first > b.last - b.first; },
  };
  ArenaPlan best;
  for (const Before before : orders) {
    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return before(buffers[a], buffers[b]); });
    ArenaPlan plan = place_in_order(buffers, order, alignment);
    if (best.offset.size() != buffers.size() || plan.peak < best.peak) best = std::move(plan);
  }
  best.lower_bound = Bytes(largest_sum_alive(buffers, alignment));
  return best;
}

}  // namespace tinyc
