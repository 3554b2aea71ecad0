// Any bytes as .npy or .npz.
#include "formats/npy/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)tinyc::parse_arrays({reinterpret_cast<const char*>(data), size}, "fuzz");
  return 0;
}
