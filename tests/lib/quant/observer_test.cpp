#include "lib/quant/observer.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace tinyc;

TEST_CASE("min-max keeps the extremes, however the values are split") {
  const ObserverMethod* method = find_observer_method("min-max");
  REQUIRE(method == &min_max_method());
  const auto a = method->make({}), b = method->make({}), all = method->make({});
  CHECK(a->range() == Value::Range{0, 0});
  const std::vector<float> first{1, 2, -0.5f}, second{7, 3};
  a->observe(second);
  b->observe(first);
  a->merge(*b);
  all->observe(first);
  all->observe(second);
  CHECK(a->range() == Value::Range{-0.5f, 7});
  CHECK(a->range() == all->range());
  a->merge(*method->make({}));
  CHECK(a->range() == Value::Range{-0.5f, 7});
  const auto zero = method->make({});
  zero->observe(std::vector<float>{-0.0f});
  CHECK_FALSE(std::signbit(zero->range().low));
  CHECK(find_observer_method("median") == nullptr);
}
