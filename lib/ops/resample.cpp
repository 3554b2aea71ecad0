#include "lib/ops/resample.h"

#include <algorithm>
#include <cmath>

namespace tinyc::ops {
namespace {

template <class T>
struct Named {
  std::string_view name;
  T value;
};

template <class T, std::size_t n>
std::optional<T> find(const Named<T> (&table)[n], std::string_view text) {
  for (const Named<T>& entry : table)
    if (entry.name == text) return entry.value;
  return std::nullopt;
}

// The kernels of interpolation: what an element at this distance weighs.
double linear_weight(double distance) { return std::max(0.0, 1 - std::fabs(distance)); }

double cubic_weight(double distance, double a) {
  const double x = std::fabs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

}  // namespace

std::optional<ResizeMode> parse_resize_mode(std::string_view text) {
  static constexpr Named<ResizeMode> table[] = {
      {"nearest", ResizeMode::nearest}, {"linear", ResizeMode::linear}, {"cubic", ResizeMode::cubic}};
  return find(table, text);
}

std::optional<Coordinates> parse_coordinates(std::string_view text) {
  static constexpr Named<Coordinates> table[] = {{"half_pixel", Coordinates::half_pixel},
                                                 {"half_pixel_symmetric", Coordinates::half_pixel_symmetric},
                                                 {"pytorch_half_pixel", Coordinates::pytorch_half_pixel},
                                                 {"align_corners", Coordinates::align_corners},
                                                 {"asymmetric", Coordinates::asymmetric},
                                                 {"tf_half_pixel_for_nn", Coordinates::tf_half_pixel_for_nn},
                                                 {"tf_crop_and_resize", Coordinates::tf_crop_and_resize}};
  return find(table, text);
}

std::optional<Nearest> parse_nearest(std::string_view text) {
  static constexpr Named<Nearest> table[] = {{"round_prefer_floor", Nearest::round_prefer_floor},
                                             {"round_prefer_ceil", Nearest::round_prefer_ceil},
                                             {"floor", Nearest::floor},
                                             {"ceil", Nearest::ceil},
                                             {"simple", Nearest::simple}};
  return find(table, text);
}

double source_position(const ResizeRule& rule, const ResizeAxis& axis, std::int64_t output) {
  const auto o = static_cast<double>(output), in = static_cast<double>(axis.in);
  const double exact_out = in * axis.scale;
  switch (rule.coordinates) {
    case Coordinates::half_pixel: return (o + 0.5) / axis.scale - 0.5;
    case Coordinates::half_pixel_symmetric:
      return in / 2 * (1 - static_cast<double>(axis.out) / exact_out) + (o + 0.5) / axis.scale - 0.5;
    case Coordinates::pytorch_half_pixel: return exact_out > 1 ? (o + 0.5) / axis.scale - 0.5 : 0;
    case Coordinates::align_corners: return exact_out > 1 ? o * (in - 1) / (exact_out - 1) : 0;
    case Coordinates::asymmetric: return o / axis.scale;
    case Coordinates::tf_half_pixel_for_nn: return (o + 0.5) / axis.scale;
    case Coordinates::tf_crop_and_resize:
      if (axis.out <= 1) return 0.5 * (axis.roi_start + axis.roi_end) * (in - 1);
      return axis.roi_start * (in - 1) + o * (axis.roi_end - axis.roi_start) * (in - 1) / (static_cast<double>(axis.out) - 1);
  }
  return 0;
}

std::int64_t source_element(const ResizeRule& rule, const ResizeAxis& axis, std::int64_t output) {
  const double x = source_position(rule, axis, output);
  double nearest = 0;
  switch (rule.nearest) {
    case Nearest::round_prefer_floor: nearest = std::ceil(x - 0.5); break;
    case Nearest::round_prefer_ceil: nearest = std::floor(x + 0.5); break;
    case Nearest::floor: nearest = std::floor(x); break;
    case Nearest::ceil: nearest = std::ceil(x); break;
    case Nearest::simple: nearest = axis.scale < 1 ? std::ceil(x) : std::floor(x); break;
  }
  return static_cast<std::int64_t>(std::clamp(nearest, 0.0, static_cast<double>(axis.in - 1)));
}

std::vector<Tap> source_taps(const ResizeRule& rule, const ResizeAxis& axis, std::int64_t output) {
  const double x = source_position(rule, axis, output);
  const double squeeze = rule.antialias ? std::min(axis.scale, 1.0) : 1.0;
  const double reach = (rule.mode == ResizeMode::cubic ? 2 : 1) / squeeze;
  const auto last_element = static_cast<double>(axis.in - 1);
  std::vector<Tap> taps;
  double sum = 0;
  // Far outside of the input every element is the same border one.
  const double center = std::clamp(x, -reach - 1, last_element + reach + 1);
  for (double element = std::floor(center - reach); element <= std::ceil(center + reach); ++element) {
    const double distance = (element - x) * squeeze;
    double weight = rule.mode == ResizeMode::cubic ? cubic_weight(distance, rule.cubic_a) : linear_weight(distance);
    if (center != x) weight = element == std::floor(center) ? 1 : 0;
    if (weight == 0 || (rule.exclude_outside && (element < 0 || element > last_element))) continue;
    taps.push_back({static_cast<std::int64_t>(std::clamp(element, 0.0, last_element)), weight});
    sum += weight;
  }
  for (Tap& tap : taps) tap.weight /= sum;
  return taps;
}

}  // namespace tinyc::ops
