#include "formats/npy/npy.h"

#include <zlib.h>

#include <catch2/catch.hpp>

using namespace tinyc;

namespace {

std::string u16(unsigned x) { return {static_cast<char>(x & 255), static_cast<char>(x >> 8)}; }
std::string u32(std::uint32_t x) { return u16(x & 0xffff) + u16(x >> 16); }

std::string npy(const std::string& header, const std::string& data, char version = 1) {
  const std::string length = version == 1 ? u16(static_cast<unsigned>(header.size()))
                                          : u32(static_cast<std::uint32_t>(header.size()));
  return std::string("\x93NUMPY") + version + '\0' + length + header + data;
}

std::string header(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

std::string deflated(const std::string& data) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(data.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// A zip as numpy.savez and numpy.savez_compressed write it.
std::string npz(const std::vector<std::pair<std::string, std::string>>& files, bool deflate) {
  std::string zip, directory;
  for (const auto& [name, data] : files) {
    const std::string stored = deflate ? deflated(data) : data;
    const std::string common = u16(deflate ? 8 : 0) + u32(0) +
                               u32(static_cast<std::uint32_t>(
                                   crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size())))) +
                               u32(static_cast<std::uint32_t>(stored.size())) +
                               u32(static_cast<std::uint32_t>(data.size())) + u16(static_cast<unsigned>(name.size())) +
                               u16(0);
    directory += "PK\x01\x02" + u16(20) + u16(20) + u16(0) + common + u16(0) + u16(0) + u16(0) + u32(0) +
                 u32(static_cast<std::uint32_t>(zip.size())) + name;
    zip += "PK\x03\x04" + u16(20) + u16(0) + common + name + stored;
  }
  const auto count = static_cast<unsigned>(files.size());
  return zip + directory + "PK\x05\x06" + u32(0) + u16(count) + u16(count) +
         u32(static_cast<std::uint32_t>(directory.size())) + u32(static_cast<std::uint32_t>(zip.size())) + u16(0);
}

std::string error_id(const std::string& bytes) {
  const auto result = parse_arrays(bytes, "x");
  return result.ok() ? "ok" : result.error().diagnostics()[0].id;
}

}  // namespace

TEST_CASE("every element type is read in both byte orders") {
  CHECK(parse_npy(npy(header("<f4", "(2,)"), std::string("\0\0\x80\x3f\0\0\0\xc0", 8)), "x").value() ==
        Tensor::of<float>({2}, std::vector<float>{1, -2}));
  CHECK(parse_npy(npy(header(">f8", "()"), std::string("\x3f\xf8\0\0\0\0\0\0", 8)), "x").value() ==
        Tensor::scalar<double>(1.5));
  CHECK(parse_npy(npy(header(">i2", "(2, 1)"), "\x01\x02\xff\xfe", 2), "x").value() ==
        Tensor::of<std::int16_t>({2, 1}, std::vector<std::int16_t>{0x102, -2}));
  CHECK(parse_npy(npy(header("<u8", "(1,)"), std::string("\0\0\0\0\0\0\0\x80", 8), 3), "x").value() ==
        Tensor::of<std::uint64_t>({1}, std::vector<std::uint64_t>{1ull << 63}));
  CHECK(parse_npy(npy(header("<f2", "(1,)"), std::string("\0\x3c", 2)), "x").value().to_doubles()[0] == 1.0);
  CHECK(parse_npy(npy(header("|b1", "(3,)"), std::string("\0\x01\x07", 3)), "x").value().to_integers() ==
        std::vector<std::int64_t>{0, 1, 1});
}

TEST_CASE("Fortran order becomes C order") {
  const auto tensor = parse_npy(npy(header("|u1", "(2, 3, 2)", "True"), "acebdfgikhjl"), "x").value();
  // Element (i, j, k) lies at i + 2j + 6k of the file.
  const std::string c_order(reinterpret_cast<const char*>(tensor.bytes().data()), 12);
  std::string expected;
  const std::string file = "acebdfgikhjl";
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 2; ++k) expected += file[i + 2 * j + 6 * k];
  CHECK(c_order == expected);
}

TEST_CASE("arrays print and parse back") {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{3}, Shape{2, 3, 4}})
    for (const DType dtype : {DType::boolean, DType::i8, DType::u8, DType::i64, DType::f16, DType::f32, DType::f64}) {
      Tensor tensor(DType::i64, shape);
      for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.mutable_data<std::int64_t>()[static_cast<std::size_t>(i)] = i % 2;
      tensor = tensor.cast(dtype);
      const std::string bytes = print_npy(tensor);
      CHECK((bytes.size() - tensor.bytes().size()) % 64 == 0);
      CHECK(parse_npy(bytes, "x").value() == tensor);
    }
}

TEST_CASE("npz holds several arrays, stored or deflated") {
  const Tensor a = Tensor::of<float>({2}, std::vector<float>{1, 2});
  Tensor b(DType::i32, {100, 100});
  for (const bool deflate : {false, true}) {
    const auto arrays = parse_arrays(npz({{"a.npy", print_npy(a)}, {"sub/b.npy", print_npy(b)}}, deflate), "x").value();
    REQUIRE(arrays.size() == 2);
    CHECK(arrays[0].name == "a");
    CHECK(arrays[0].tensor == a);
    CHECK(arrays[1].name == "sub/b");
    CHECK(arrays[1].tensor == b);
  }
}

TEST_CASE("malformed arrays are refused") {
  CHECK(error_id("") == "TC6050");
  CHECK(error_id("hello") == "TC6050");
  CHECK(error_id("\x93NUMPY") == "TC6050");
  CHECK(error_id(npy(header("<f4", "(2,)"), "1234567", 1)) == "TC6052");
  CHECK(error_id(npy(header("<f4", "(2,)"), "123456789", 1)) == "TC6052");
  CHECK(error_id(npy(header("<f4", "(2,)"), "12345678", 4)) == "TC6050");
  CHECK(error_id(npy(header("<c8", "(1,)"), "12345678")) == "TC6051");
  CHECK(error_id(npy(header("|O", "(1,)"), "12345678")) == "TC6051");
  CHECK(error_id(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "1234")) == "TC6051");
  CHECK(error_id(npy(header("<f4", "(99999999999999999999, 1)"), "")) == "TC6050");
  CHECK(error_id(npy(header("<f4", "(2147483648, 2147483648)"), "")) == "TC8003");
  CHECK(error_id(npy(header("<f4", "(1,1,1,1,1,1,1,1,1)"), "1234")) == "TC8003");
  CHECK(error_id(npy(header("<f4", "(-1,)"), "")) == "TC6050");
  CHECK(error_id(npy(header("<f4", "(1)"), "1234")) == "TC6050");
  CHECK(error_id(npy("{'descr': '<f4', 'shape': (1,)}", "1234")) == "TC6050");
  CHECK(error_id(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", "1234")) == "TC6050");
  std::string cut = npy(header("<f4", "(1,)"), "1234");
  CHECK(error_id(cut.substr(0, 30)) == "TC6052");
  std::string huge = cut;
  huge.replace(6, 6, std::string("\x02\0\xff\xff\xff\x7f", 6));
  CHECK(error_id(huge) == "TC6050");
}

TEST_CASE("malformed zips are refused, whichever byte is wrong") {
  const std::string good = npz({{"a.npy", print_npy(Tensor(DType::f32, {50}))}}, true);
  REQUIRE(error_id(good) == "ok");
  for (std::size_t size = 2; size < good.size(); ++size) CHECK(error_id(good.substr(0, size)) == "TC6053");
  for (std::size_t at = 2; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0xff);
    const std::string id = error_id(bad);  // a date, a version or a name may change without harm
    CHECK((id == "ok" || id == "TC6053" || id == "TC8003" || id == "TC6050"));
  }
  const std::string array = print_npy(Tensor(DType::f32, {1}));
  CHECK(error_id(npz({{"a.npy", array}, {"a.npy", array}}, false)) == "TC6053");
  CHECK(error_id(npz({{"a.txt", array}}, false)) == "TC6053");
}
