#pragma once
// Changes a model the way a fuzzer changes bytes, but so that it mostly stays a model.

#include <cstdint>
#include <string>
#include <string_view>

namespace tinyc {

// The serialized model with a few changes of names, operators, attributes, shapes, element types and data; the bytes
// themselves changed where they are no model.
std::string mutate_model(std::string_view bytes, std::uint64_t seed);

}  // namespace tinyc
