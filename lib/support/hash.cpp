#include "lib/support/hash.h"

namespace tinyc {

std::string Hasher::hex() const {
  std::string text(16, '0');
  for (int i = 0; i < 16; ++i) text[static_cast<std::size_t>(i)] = "0123456789abcdef"[(state_ >> (60 - 4 * i)) & 15];
  return text;
}

}  // namespace tinyc
