#pragma once
// Where an output position of a resize along one axis lies in the input, and which elements it mixes: the formulas of
// ONNX's Resize, which separate by axis.

#include <optional>
#include <string_view>
#include <vector>

#include <cstdint>

namespace tinyc::ops {

enum class ResizeMode { nearest, linear, cubic };
enum class Coordinates { half_pixel, half_pixel_symmetric, pytorch_half_pixel, align_corners, asymmetric,
                         tf_half_pixel_for_nn, tf_crop_and_resize };
// `simple` is Upsample's and Resize-10's: up when shrinking, else down.
enum class Nearest { round_prefer_floor, round_prefer_ceil, floor, ceil, simple };

std::optional<ResizeMode> parse_resize_mode(std::string_view text);
std::optional<Coordinates> parse_coordinates(std::string_view text);
std::optional<Nearest> parse_nearest(std::string_view text);

struct ResizeAxis {
  std::int64_t in = 1, out = 1;
  double scale = 1;  // out / in, before `out` was rounded
  double roi_start = 0, roi_end = 1;
};

struct ResizeRule {
  ResizeMode mode = ResizeMode::nearest;
  Coordinates coordinates = Coordinates::half_pixel;
  Nearest nearest = Nearest::round_prefer_floor;
  double cubic_a = -0.75;
  bool exclude_outside = false;
  bool antialias = false;
};

// The position in the input, in elements.
double source_position(const ResizeRule& rule, const ResizeAxis& axis, std::int64_t output);
// Nearest: the element taken.
std::int64_t source_element(const ResizeRule& rule, const ResizeAxis& axis, std::int64_t output);
// Linear and cubic: the elements mixed; their weights add up to 1.
struct Tap {
  std::int64_t element;
  double weight;
};
std::vector<Tap> source_taps(const ResizeRule& rule, const ResizeAxis& axis, std::int64_t output);

}  // namespace tinyc::ops
