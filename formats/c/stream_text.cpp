// Streams in PREFIX_run: one loop over the steps of each.

#include "formats/c/stream_text.h"

#include <fmt/format.h>

namespace tinyc::c {
namespace {

// A value that depends on the step only at a layer's first and last one: "step == 0 ? a : step == 9 ? c : b".
std::string by_step(const StreamedLayer& layer, const std::string& first, const std::string& middle, const std::string& last) {
  std::string text = last == middle ? middle : fmt::format("step == {} ? {} : {}", layer.end - 1, last, middle);
  if (first != middle) text = fmt::format("step == {} ? {} : {}", layer.begin, first, text);
  return text == middle ? middle : "(" + text + ")";
}

// Elements from the beginning of a band's place.
std::string offset_text(const StreamedLayer& layer, const Band& band, std::int64_t size) {
  const auto constant = [&](std::int64_t bytes) { return std::to_string(bytes / size); };
  if (band.per_step == 0) return by_step(layer, constant(band.first), constant(band.at), constant(band.last));
  std::string middle = band.per_step == size ? "step" : fmt::format("step * {}", band.per_step / size);
  if (band.at != 0) middle += fmt::format(" {} {}", band.at < 0 ? '-' : '+', (band.at < 0 ? -band.at : band.at) / size);
  const auto same = [&](std::int64_t step, std::int64_t bytes) { return band.at + step * band.per_step == bytes; };
  return by_step(layer, same(layer.begin, band.first) ? middle : constant(band.first), middle,
                 same(layer.end - 1, band.last) ? middle : constant(band.last));
}

std::string sum(const std::string& pointer, const std::string& offset) { return offset == "0" ? pointer : pointer + " + " + offset; }

// Of every plane.
std::string fills(const Ring& ring, std::string_view indent, const std::string& place, std::int64_t at, std::int64_t bytes) {
  std::string text;
  for (std::int64_t plane = 0; plane < ring.planes; ++plane)
    text += fmt::format("{}memset({}, {}, {});\n", indent, sum(place, std::to_string(plane * ring.bytes + at)), ring.fill, bytes);
  return text;
}

}  // namespace

std::string band_text(const StreamedLayer& layer, const Band& band, std::int64_t size, const std::string& place) {
  return sum(place, offset_text(layer, band, size));
}

std::string band_bytes(const StreamedLayer& layer) {
  return by_step(layer, std::to_string(layer.first_bytes), std::to_string(layer.bytes), std::to_string(layer.last_bytes));
}

std::string ring_before(const Ring& ring, const std::string& place) {
  if (ring.padding == 0) return {};
  return fills(ring, "    ", place, ring.padding_at, ring.padding);
}

std::string ring_slide(const StreamedLayer& layer, const std::string& place) {
  const Ring& ring = *layer.ring;
  if (ring.slide == ring.all_bytes()) return {};
  return fmt::format("      if (step > {}) tinyc_slide_bytes({}, {}, {});\n", layer.begin, place, ring.slide, ring.all_bytes());
}

std::string ring_below(const StreamedLayer& layer, const std::string& place) {
  const Ring& ring = *layer.ring;
  std::string text;
  if (ring.rest > 0)
    text += fmt::format("      if (step == {}) {{\n{}      }}\n", layer.end - 1, fills(ring, "        ", place, ring.rest_at, ring.rest));
  if (ring.padding_below)
    text += fmt::format("      if (step >= {}) {{\n{}      }}\n", layer.end,
                        fills(ring, "        ", place, ring.bytes - ring.slide, ring.slide));
  return text;
}

std::string condition_text(const Stream& stream, const StreamedLayer& layer) {
  if (layer.begin == 0 && layer.end == stream.steps) return {};
  if (layer.begin == 0) return fmt::format("if (step < {}) ", layer.end);
  if (layer.end == stream.steps) return fmt::format("if (step >= {}) ", layer.begin);
  return fmt::format("if (step >= {} && step < {}) ", layer.begin, layer.end);
}

}  // namespace tinyc::c
