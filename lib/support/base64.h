#pragma once
// Base64 (RFC 4648, with padding) for bytes in text files.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinyc {

std::string to_base64(std::span<const std::byte> bytes);
// Nothing for text that to_base64() does not make.
std::optional<std::vector<std::byte>> from_base64(std::string_view text);

}  // namespace tinyc
