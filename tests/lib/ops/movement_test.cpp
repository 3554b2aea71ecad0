#include "tests/lib/ops/op_runner.h"

using namespace tinyc;
using Integers = std::vector<std::int64_t>;

TEST_CASE("transpose: permutes the axes of elements of any size") {
  CHECK(run_op("transpose", {counting({2, 3})}, {{"perm", Integers{1, 0}}}) == floats({3, 2}, {0, 3, 1, 4, 2, 5}));
  CHECK(run_onnx("Transpose", 13, counting({2, 1, 3})) == floats({3, 1, 2}, {0, 3, 1, 4, 2, 5}));
  for (const DType dtype : {DType::i8, DType::f16, DType::i64, DType::boolean}) {
    const Tensor x = counting({2, 3, 2}).cast(dtype);
    const Tensor y = run_op("transpose", {x}, {{"perm", Integers{2, 0, 1}}});
    CHECK(y == floats({2, 2, 3}, {0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11}).cast(dtype));
    CHECK(run_op("transpose", {y}, {{"perm", Integers{1, 2, 0}}}) == x);
  }
  CHECK(error_id(try_op("transpose", {counting({2, 3})}, {{"perm", Integers{1, 1}}})) == "TC4010");
  CHECK(error_id(try_onnx("Transpose", 13, counting({2, 3}), {{"perm", Integers{0, 1, 2}}})) == "TC4001");
}

TEST_CASE("concat: one operand after the other along an axis") {
  const Tensor a = counting({2, 2}), b = floats({2, 1}, {7, 8});
  CHECK(run_op("concat", {a, b, a}, {{"axis", std::int64_t{1}}}) ==
        floats({2, 5}, {0, 1, 7, 0, 1, 2, 3, 8, 2, 3}));
  CHECK(run_onnx("Concat", 13, a, {{"axis", std::int64_t{-2}}}, {counting({1, 2})}) == floats({3, 2}, {0, 1, 2, 3, 0, 1}));
  CHECK(error_id(try_op("concat", {a, b}, {{"axis", std::int64_t{0}}})) == "TC4010");
  CHECK(error_id(try_op("concat", {a, b.cast(DType::i8)}, {{"axis", std::int64_t{1}}})) == "TC4010");
}

TEST_CASE("pad: constant, edge, reflect and wrap, in the forms of every opset") {
  const Tensor x = floats({1, 3}, {1, 2, 3});
  const auto padded = [&](const char* mode, Integers pads) {
    return run_op("pad", {x}, {{"mode", std::string(mode)}, {"pads", std::move(pads)}, {"value", 9.0}});
  };
  CHECK(padded("constant", {1, 0, 0, 1}) == floats({2, 4}, {9, 9, 9, 9, 1, 2, 3, 9}));
  CHECK(padded("constant", {0, -1, 0, 1}) == floats({1, 3}, {2, 3, 9}));
  CHECK(padded("edge", {0, 2, 0, 1}) == floats({1, 6}, {1, 1, 1, 2, 3, 3}));
  CHECK(padded("reflect", {0, 2, 0, 3}) == floats({1, 8}, {3, 2, 1, 2, 3, 2, 1, 2}));
  CHECK(padded("reflect", {1, 0, 0, 0}) == floats({2, 3}, {1, 2, 3, 1, 2, 3}));
  CHECK(padded("wrap", {0, 4, 0, 1}) == floats({1, 8}, {3, 1, 2, 3, 1, 2, 3, 1}));
  const Tensor expected = floats({1, 5}, {0, 1, 2, 3, 0});
  CHECK(run_onnx("Pad", 10, x, {{"pads", Integers{0, 1, 0, 1}}}) == expected);
  CHECK(run_onnx("Pad", 13, x, {}, {integers({0, 1, 0, 1})}) == expected);
  CHECK(run_onnx("Pad", 18, x, {}, {integers({1, 1}), std::nullopt, integers({-1})}) == expected);
  CHECK(run_onnx("Pad", 13, x, {}, {integers({0, 1, 0, 0}), Tensor::scalar(5.0f)}) == floats({1, 4}, {5, 1, 2, 3}));
  CHECK(error_id(try_onnx("Pad", 13, x, {{"mode", std::string("mirror")}}, {integers({0, 1, 0, 1})})) == "TC4001");
  CHECK(error_id(try_onnx("Pad", 13, x, {}, {integers({0, 1})})) == "TC4010");
  CHECK(error_id(try_onnx("Pad", 13, x, {}, {integers({0, -4, 0, 0})})) == "TC4010");
}

TEST_CASE("Constant and Dropout leave no node") {
  TestImport constant("Constant", 13, {{"value_ints", Integers{4, 5}}});
  const auto made = value_of(find_onnx_import("", "Constant")->import(constant));
  CHECK(constant.graph().value(made.front()).constant() == integers({4, 5}));
  TestImport text("Constant", 13, {{"value_string", std::string("x")}});
  CHECK(error_id(find_onnx_import("", "Constant")->import(text)) == "TC3001");

  const Tensor x = counting({2, 2});
  const auto both = value_of(try_onnx("Dropout", 13, x, {}, {Tensor::scalar(0.5f), Tensor::scalar(false)}, 2));
  CHECK(both[0] == x);
  CHECK(both[1] == floats({2, 2}, {1, 1, 1, 1}).cast(DType::boolean));
  CHECK(run_onnx("Dropout", 7, x, {{"ratio", 0.5}}) == x);
  CHECK(error_id(try_onnx("Dropout", 13, x, {}, {Tensor::scalar(0.5f), Tensor::scalar(true)})) == "TC3001");
}
