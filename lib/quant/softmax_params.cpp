#include "lib/quant/softmax_params.h"

#include <cmath>

#include "lib/support/check.h"

namespace tinyc {

std::vector<std::uint32_t> make_softmax_table(double scale, std::int64_t size) {
  TINYC_CHECK(size >= 0 && size <= softmax_most && scale > 0, "a softmax over a vector of a sensible length");
  int q = 23;
  while (size << q >= std::int64_t{1} << 32) --q;
  std::vector<std::uint32_t> table;
  for (int d = 0; d < 256; ++d) {
    const double value = std::round(std::ldexp(std::exp(-d * scale), q));
    if (value < 1) break;
    table.push_back(static_cast<std::uint32_t>(value));
  }
  return table;
}

}  // namespace tinyc
