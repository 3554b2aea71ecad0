#include <catch2/catch.hpp>

#include <numeric>

#include "lib/exec/interpreter.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

// A graph of all int8 values through these lines, in which {table} stands for 256 random bytes.
Graph quantized(std::string lines) {
  Rng rng(3);
  for (auto at = lines.find("{table}"); at != lines.npos; at = lines.find("{table}")) {
    std::string items;
    for (int i = 0; i < 256; ++i) items += (i ? ", " : "") + std::to_string(rng.integer(-128, 127));
    lines.replace(at, 7, "[" + items + "]");
  }
  return graph_of("graph \"g\" stage=quantized\ninput %x: i8[256] quant(0.1:3)\n" + lines);
}

// How many nodes are left; the outputs are the same for every input.
std::size_t merged(const std::string& lines) {
  const Graph before = quantized(lines);
  Graph after = before;
  require_ok(transform(after, "merge-tables"));
  std::vector<std::int8_t> all(256);
  std::iota(all.begin(), all.end(), std::int8_t{-128});
  const Tensor x = Tensor::of(Shape{256}, all);
  const auto expected = run(before, {&x, 1}), actual = run(after, {&x, 1});
  REQUIRE((expected.ok() && actual.ok()));
  CHECK(*expected == *actual);
  return after.nodes().size();
}

}  // namespace

TEST_CASE("a chain with a table becomes one table") {
  CHECK(merged(R"(const %a: i8[256] = {table}
const %b: i8[256] = {table}
%s: i8[256] quant(0.2:7) = lookup_table(%x, %a)
%y: i8[256] quant(0.3:1) = lookup_table(%s, %b)
output %y
)") == 1);
  CHECK(merged(R"(const %a: i8[256] = {table}
%r: i8[256] quant(0.07:-9) = requantize(%x) {scale=0.07, zero_point=-9}
%s: i8[256] quant(0.2:7) = lookup_table(%r, %a)
%t: i8[256] quant(0.2:7) = relu(%s)
%y: i8[256] quant(0.3:1) = requantize(%t) {scale=0.3, zero_point=1}
output %y
)") == 1);
}

TEST_CASE("what others read, and chains without a table, stay") {
  CHECK(merged(R"(const %a: i8[256] = {table}
%s: i8[256] quant(0.2:7) = lookup_table(%x, %a)
%y: i8[256] quant(0.3:1) = requantize(%s) {scale=0.3, zero_point=1}
output %y, %s
)") == 2);
  CHECK(merged(R"(%r: i8[256] quant(0.07:-9) = requantize(%x) {scale=0.07, zero_point=-9}
%y: i8[256] quant(0.07:-9) = relu(%r)
output %y
)") == 2);
}

}  // namespace tinyc
