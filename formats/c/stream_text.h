#pragma once
// Pieces of the loop that runs a stream; its counter is `step`. Internal to formats/c.

#include <string>

#include "formats/c/names.h"

namespace tinyc::c {

// The pointer to a band whose place begins at `place`, with elements of `size` bytes.
std::string band_text(const StreamedLayer& layer, const Band& band, std::int64_t size, const std::string& place);
// How many bytes a step computes.
std::string band_bytes(const StreamedLayer& layer);
// What a ring needs: before the first step, before new rows are written, and when the layer has written its last ones.
std::string ring_before(const Ring& ring, const std::string& place);
std::string ring_slide(const StreamedLayer& layer, const std::string& place);
std::string ring_below(const StreamedLayer& layer, const std::string& place);

// "if (step >= 1 && step < 33) ", empty when the layer computes in every step.
std::string condition_text(const Stream& stream, const StreamedLayer& layer);

}  // namespace tinyc::c
