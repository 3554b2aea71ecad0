#include "lib/quant/observer.h"

#include <algorithm>
#include <array>
#include <limits>

namespace tinyc {
namespace {

class MinMaxObserver final : public Observer {
 public:
  void observe(std::span<const float> values) override {
    for (const float x : values) {
      low_ = std::min(low_, x);
      high_ = std::max(high_, x);
    }
  }
  void merge(const Observer& other) override {
    const auto& same = static_cast<const MinMaxObserver&>(other);
    low_ = std::min(low_, same.low_);
    high_ = std::max(high_, same.high_);
  }
  // The sums turn -0 into 0.
  Value::Range range() const override { return low_ > high_ ? Value::Range{} : Value::Range{low_ + 0.0f, high_ + 0.0f}; }

 private:
  float low_ = std::numeric_limits<float>::infinity();
  float high_ = -std::numeric_limits<float>::infinity();
};

}  // namespace

const ObserverMethod& min_max_method() {
  static const ObserverMethod method{
      .name = "min-max",
      .summary = "the extremes of everything that was seen",
      .make = [](const Value::Range&) -> std::unique_ptr<Observer> { return std::make_unique<MinMaxObserver>(); }};
  return method;
}

std::span<const ObserverMethod* const> observer_methods() {
  static const std::array<const ObserverMethod*, 1> methods{&min_max_method()};
  return methods;
}

const ObserverMethod* find_observer_method(std::string_view name) {
  for (const ObserverMethod* method : observer_methods())
    if (method->name == name) return method;
  return nullptr;
}

}  // namespace tinyc
