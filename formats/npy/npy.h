#pragma once
// NumPy's array files: .npy (format versions 1 to 3) and .npz (a zip of .npy files, stored or deflated). The bytes
// are untrusted: every size is checked before memory is asked for. Format: numpy.lib.format, PKWARE APPNOTE 6.3.
//
// TC6050 not such a file or a malformed header, TC6051 an element type tinyc does not read, TC6052 more or fewer
// bytes than the header says, TC6053 a malformed zip, TC8003 an array beyond tinyc's limits.

#include <string>
#include <string_view>
#include <vector>

#include "lib/ir/tensor.h"
#include "lib/support/result.h"

namespace tinyc {

struct NamedArray {
  std::string name;  // its name in the .npz; empty for a .npy
  Tensor tensor;
};

// `where` is what messages call the file. Any byte order and Fortran order are converted.
Result<Tensor> parse_npy(std::string_view bytes, const std::string& where);

// In the order of the zip's directory.
Result<std::vector<NamedArray>> parse_npz(std::string_view bytes, const std::string& where);

// Either of the two, told apart by the first bytes.
Result<std::vector<NamedArray>> parse_arrays(std::string_view bytes, const std::string& where);

// Version 1, little endian, C order. The element type must not be bf16, which NumPy has not.
std::string print_npy(const Tensor& tensor);

}  // namespace tinyc
