#pragma once
// A stable 64-bit hash (FNV-1a) for provenance: the same on every platform and in every release.
// Not cryptographic.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tinyc {

class Hasher {
 public:
  void bytes(const void* data, std::size_t size) {
    const auto* p = static_cast<const unsigned char*>(data);
    for (std::size_t i = 0; i < size; ++i) state_ = (state_ ^ p[i]) * 0x100000001b3ULL;
  }
  void text(std::string_view s) { bytes(s.data(), s.size()); }
  std::uint64_t value() const { return state_; }
  std::string hex() const;  // 16 lower-case digits

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace tinyc
