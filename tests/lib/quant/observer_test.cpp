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

TEST_CASE("mse saturates a few outliers to round the many less, and keeps what is spread evenly") {
  const ObserverMethod* method = find_observer_method("mse");
  REQUIRE(method == &squared_error_method());
  CHECK(method->make({})->range() == Value::Range{0, 0});
  std::vector<float> even, peaked;
  for (int i = 0; i < 400000; ++i) even.push_back(static_cast<float>(i % 2000 - 1000) / 100);
  peaked = even;
  peaked.push_back(30);
  const auto all = method->make({-10, 30}), a = method->make({-10, 30}), b = method->make({-10, 30});
  all->observe(peaked);
  CHECK(all->range().low == Approx(-10).margin(0.5));
  // The least of (30 - h)^2 + 400000 * ((10 + h) / 255)^2 / 12.
  CHECK(all->range().high == Approx(16.4).margin(0.5));
  b->observe(std::span(peaked).subspan(0, 1234));
  a->observe(std::span(peaked).subspan(1234));
  a->merge(*b);
  CHECK(a->range() == all->range());
  const auto plain = method->make({-10, 9.99f});
  plain->observe(even);
  CHECK(plain->range() == Value::Range{-10, 9.99f});
}
