#include "formats/npy/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include "formats/npy/zip.h"

namespace tinyc {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors hold little-endian elements");

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t max_header_bytes = 65535;
constexpr std::uint64_t max_npz_bytes = std::uint64_t{1} << 32;

struct ElementCode { std::string_view code; DType dtype; };
constexpr std::array<ElementCode, 12> element_codes{{
    {"b1", DType::boolean}, {"i1", DType::i8}, {"u1", DType::u8}, {"i2", DType::i16}, {"u2", DType::u16},
    {"i4", DType::i32}, {"u4", DType::u32}, {"i8", DType::i64}, {"u8", DType::u64}, {"f2", DType::f16},
    {"f4", DType::f32}, {"f8", DType::f64}}};

struct Header {
  std::optional<std::string> descr;
  std::optional<bool> fortran_order;
  std::optional<Shape> shape;
};

// The header is a Python dict of three known keys, e.g. {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : rest_(text) {}

  // Nothing when the text is no such dict.
  std::optional<Header> parse() {
    Header header;
    if (!eat('{')) return std::nullopt;
    while (!eat('}')) {
      const auto key = quoted();
      if (!key || !eat(':')) return std::nullopt;
      if (*key == "descr" && !header.descr) {
        header.descr = quoted();
        if (!header.descr) header.descr = skip_composite();
        if (!header.descr) return std::nullopt;
      } else if (*key == "fortran_order" && !header.fortran_order) {
        if (word("True")) header.fortran_order = true;
        else if (word("False")) header.fortran_order = false;
        else return std::nullopt;
      } else if (*key == "shape" && !header.shape) {
        header.shape = tuple();
        if (!header.shape) return std::nullopt;
      } else {
        return std::nullopt;
      }
      if (!eat(',') && peek() != '}') return std::nullopt;
    }
    skip_blanks();
    if (!rest_.empty() || !header.descr || !header.fortran_order || !header.shape) return std::nullopt;
    return header;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n')) rest_.remove_prefix(1);
  }
  char peek() {
    skip_blanks();
    return rest_.empty() ? '\0' : rest_.front();
  }
  bool eat(char c) {
    if (rest_.empty() || peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool word(std::string_view wanted) {
    skip_blanks();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  std::optional<std::string> quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return std::nullopt;
    const auto end = rest_.find(quote, 1);
    if (end == rest_.npos) return std::nullopt;
    std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }
  // A structured type, [('a', '<f4'), ...]: returned as written, to be named in the message.
  std::optional<std::string> skip_composite() {
    if (peek() != '[') return std::nullopt;
    const auto end = rest_.find(']');
    if (end == rest_.npos) return std::nullopt;
    std::string text(rest_.substr(0, end + 1));
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::optional<std::int64_t> number() {
    skip_blanks();
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
      if (value > Shape::max_elements) return std::nullopt;
      value = value * 10 + (rest_[digits] - '0');
    }
    if (digits == 0) return std::nullopt;
    rest_.remove_prefix(digits);
    if (!rest_.empty() && rest_.front() == 'L') rest_.remove_prefix(1);  // written by Python 2
    return value;
  }
  std::optional<Shape> tuple() {
    if (!eat('(')) return std::nullopt;
    std::vector<std::int64_t> sizes;
    while (!eat(')')) {
      const auto size = number();
      if (!size || sizes.size() > 64) return std::nullopt;
      sizes.push_back(*size);
      if (!eat(',') && (sizes.size() == 1 || peek() != ')')) return std::nullopt;
    }
    return Shape(std::move(sizes));
  }

  std::string_view rest_;
};

struct Parts {
  std::string_view header;
  std::string_view data;
};

Result<Parts> split_header(std::string_view bytes, const std::string& where) {
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  if (!bytes.starts_with(magic) || bytes.size() < 10)
    return Error("TC6050", where, "is not a .npy file (it does not begin with \\x93NUMPY)");
  const std::size_t version = byte(6);
  if (version < 1 || version > 3)
    return Error("TC6050", where, "has .npy format version " + std::to_string(version) + ", tinyc reads 1 to 3");
  const std::size_t start = version == 1 ? 10 : 12;
  if (bytes.size() < start) return Error("TC6052", where, "ends within the .npy header", "the file is truncated");
  std::size_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > max_header_bytes)
    return Error("TC6050", where, "has a .npy header of " + std::to_string(length) + " bytes, tinyc reads up to 65535");
  if (bytes.size() - start < length)
    return Error("TC6052", where, "ends within the .npy header", "the file is truncated");
  return Parts{bytes.substr(start, length), bytes.substr(start + length)};
}

void reverse_bytes(std::span<std::byte> data, std::size_t width) {
  for (std::size_t at = 0; at + width <= data.size(); at += width) std::reverse(&data[at], &data[at] + width);
}

// Fortran order to C order: the elements of the reversed shape, axes reversed.
std::vector<std::byte> to_c_order(std::span<const std::byte> data, const Shape& shape, std::size_t width) {
  std::vector<std::byte> out(data.size());
  std::vector<std::int64_t> stride(shape.sizes().size(), 1), index(shape.sizes().size(), 0);
  for (int axis = 1; axis < shape.rank(); ++axis)
    stride[static_cast<std::size_t>(axis)] = stride[static_cast<std::size_t>(axis) - 1] * shape[axis - 1];
  std::int64_t from = 0;
  for (std::size_t to = 0; to < out.size(); to += width) {
    std::memcpy(&out[to], &data[static_cast<std::size_t>(from) * width], width);
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      from += stride[a];
      if (++index[a] < shape[axis]) break;
      from -= stride[a] * shape[axis];
      index[a] = 0;
    }
  }
  return out;
}

}  // namespace

Result<Tensor> parse_npy(std::string_view bytes, const std::string& where) {
  const Parts parts = TINYC_TRY(split_header(bytes, where));
  const auto header = HeaderParser(parts.header).parse();
  if (!header) return Error("TC6050", where, "has a malformed .npy header");
  const std::string& descr = *header->descr;
  const auto element = std::find_if(element_codes.begin(), element_codes.end(), [&](const ElementCode& candidate) {
    return descr.size() == 3 && std::string_view("<>|=").find(descr[0]) != std::string_view::npos &&
           std::string_view(descr).substr(1) == candidate.code;
  });
  if (element == element_codes.end())
    return Error("TC6051", where, "has elements of type '" + descr.substr(0, 80) + "'",
                 "save it as float32, float64, or an integer type");
  const Shape& shape = *header->shape;
  if (!shape.valid())
    return Error("TC8003", where, "has shape " + shape.to_string().substr(0, 200) + ", beyond tinyc's limits");
  const std::size_t width = size_of(element->dtype);
  const auto expected = static_cast<std::uint64_t>(shape.elements()) * width;
  if (parts.data.size() != expected)
    return Error("TC6052", where,
                 "has " + std::to_string(parts.data.size()) + " bytes of data, its header says " +
                     std::string(to_string(element->dtype)) + shape.to_string() + " = " + std::to_string(expected),
                 parts.data.size() < expected ? "the file is truncated" : "the file has something behind the array");
  std::vector<std::byte> data(expected);
  if (expected > 0) std::memcpy(data.data(), parts.data.data(), expected);
  if (descr[0] == '>') reverse_bytes(data, width);
  if (*header->fortran_order && shape.rank() > 1) data = to_c_order(data, shape, width);
  if (element->dtype == DType::boolean)
    for (std::byte& b : data) b = std::byte(b != std::byte{0});
  return Tensor(element->dtype, shape, std::move(data));
}

Result<std::vector<NamedArray>> parse_npz(std::string_view bytes, const std::string& where) {
  const std::vector<ZipEntry> entries = TINYC_TRY(read_zip_directory(bytes, where));
  std::uint64_t total = 0;
  for (const ZipEntry& entry : entries) total += entry.size;
  if (total > max_npz_bytes)
    return Error("TC8003", where, "unpacks to " + std::to_string(total) + " bytes, beyond tinyc's limit");
  std::vector<NamedArray> arrays;
  for (const ZipEntry& entry : entries) {
    constexpr std::string_view suffix = ".npy";
    if (!std::string_view(entry.name).ends_with(suffix)) continue;
    const std::string name = entry.name.substr(0, entry.name.size() - suffix.size());
    for (const NamedArray& other : arrays)
      if (other.name == name) return Error("TC6053", where, "has two arrays named '" + name + "'");
    const std::string inner = where + ":" + name;
    const std::string array = TINYC_TRY(extract_zip_entry(bytes, entry, inner));
    Tensor tensor = TINYC_TRY(parse_npy(array, inner));
    arrays.push_back({name, std::move(tensor)});
  }
  if (arrays.empty()) return Error("TC6053", where, "is a zip without any .npy array");
  return arrays;
}

Result<std::vector<NamedArray>> parse_arrays(std::string_view bytes, const std::string& where) {
  if (bytes.starts_with("PK")) return parse_npz(bytes, where);
  if (!bytes.starts_with(magic)) return Error("TC6050", where, "is neither a .npy nor a .npz file");
  Tensor tensor = TINYC_TRY(parse_npy(bytes, where));
  return std::vector<NamedArray>{{"", std::move(tensor)}};
}

std::string print_npy(const Tensor& tensor) {
  const auto element = std::find_if(element_codes.begin(), element_codes.end(),
                                    [&](const ElementCode& candidate) { return candidate.dtype == tensor.dtype(); });
  TINYC_CHECK(element != element_codes.end(), "an element type that NumPy has");
  std::string shape;
  for (const std::int64_t size : tensor.shape()) shape += std::to_string(size) + ", ";
  if (tensor.shape().rank() > 1) shape.resize(shape.size() - 2);
  else if (tensor.shape().rank() == 1) shape.resize(shape.size() - 1);  // "(3,)" is a tuple, "(3)" is not
  std::string header = std::string("{'descr': '") + (size_of(tensor.dtype()) == 1 ? '|' : '<') +
                       std::string(element->code) + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.append(63 - (10 + header.size()) % 64, ' ');  // so that the data begin at a multiple of 64
  header += '\n';
  std::string bytes(magic);
  bytes += {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  bytes += header;
  const auto data = tensor.bytes();
  bytes.append(reinterpret_cast<const char*>(data.data()), data.size());
  return bytes;
}

}  // namespace tinyc
