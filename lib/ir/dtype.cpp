#include "lib/ir/dtype.h"

#include <array>

namespace tinyc {
namespace {

struct Info { DType dtype; std::string_view name; std::size_t size; };
constexpr std::array<Info, 13> infos{{
    {DType::boolean, "bool", 1}, {DType::i8, "i8", 1}, {DType::u8, "u8", 1}, {DType::i16, "i16", 2},
    {DType::u16, "u16", 2}, {DType::i32, "i32", 4}, {DType::u32, "u32", 4}, {DType::i64, "i64", 8},
    {DType::u64, "u64", 8}, {DType::f16, "f16", 2}, {DType::bf16, "bf16", 2}, {DType::f32, "f32", 4},
    {DType::f64, "f64", 8}}};

}  // namespace

std::string_view to_string(DType dtype) { return infos[static_cast<std::size_t>(dtype)].name; }

std::optional<DType> parse_dtype(std::string_view text) {
  for (const Info& info : infos)
    if (info.name == text) return info.dtype;
  return std::nullopt;
}

std::size_t size_of(DType dtype) { return infos[static_cast<std::size_t>(dtype)].size; }

bool is_float(DType dtype) { return dtype >= DType::f16; }

}  // namespace tinyc
