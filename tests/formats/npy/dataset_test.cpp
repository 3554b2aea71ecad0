#include "formats/npy/dataset.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <limits>

#include "lib/support/files.h"

using namespace tinyc;

namespace {

Graph with_input(Shape shape, DType dtype = DType::f32, std::optional<Quantization> quantization = {}) {
  Graph graph;
  graph.add_input("x", Type{dtype, std::move(shape), std::move(quantization)});
  return graph;
}

Tensor counting(Shape shape, DType dtype = DType::f32) {
  Tensor tensor(DType::i64, std::move(shape));
  for (std::int64_t i = 0; auto& x : tensor.mutable_data<std::int64_t>()) x = i++;
  return tensor.cast(dtype);
}

Result<std::unique_ptr<Dataset>> dataset(const Graph& graph, Tensor array, DataOptions options = {}) {
  return array_dataset(graph, {{"", std::move(array)}}, options, "calib.npy");
}

std::vector<double> sample(const Graph& graph, Tensor array, DataOptions options = {}, std::int64_t index = 0) {
  const auto data = dataset(graph, std::move(array), options);
  INFO((data.ok() ? "" : data.error().to_string()));
  REQUIRE(data.ok());
  const auto tensors = data.value()->sample(index);
  CHECK(tensors[0].shape() == graph.value(graph.inputs()[0]).type().shape);
  CHECK(tensors[0].dtype() == graph.value(graph.inputs()[0]).type().dtype);
  return tensors[0].to_doubles();
}

std::string message(const Graph& graph, Tensor array, DataOptions options = {}) {
  const auto data = dataset(graph, std::move(array), options);
  REQUIRE_FALSE(data.ok());
  CHECK(data.error().exit_code() == ExitCode::io);
  return data.error().to_string();
}

}  // namespace

TEST_CASE("samples fit the input but for unit dimensions, or flat") {
  const Graph graph = with_input({1, 1, 3, 2});
  const std::vector<double> second{6, 7, 8, 9, 10, 11};
  for (const Shape& shape : {Shape{2, 1, 1, 3, 2}, Shape{2, 1, 3, 2}, Shape{2, 3, 2}, Shape{2, 3, 2, 1}, Shape{2, 6}})
    CHECK(sample(graph, counting(shape), {}, 1) == second);
  for (const Shape& shape : {Shape{2, 2, 3}, Shape{2, 7}, Shape{2, 6, 1}, Shape{12}, Shape{}, Shape{0, 3, 2}, Shape{3, 2}})
    CHECK(message(graph, counting(shape)).find(shape.to_string()) != std::string::npos);
  CHECK_THAT(message(graph, counting({2, 7})), Catch::Contains("[1,1,3,2]") && Catch::Contains("N x 6"));
}

TEST_CASE("x * scale + offset is fed, whatever the element type") {
  const Graph graph = with_input({1, 2});
  DataOptions options;
  options.scale = 1 / 127.5;
  options.offset = -1;
  CHECK(sample(graph, Tensor::of<std::uint8_t>({1, 2}, std::vector<std::uint8_t>{0, 255}), options) ==
        std::vector<double>{-1, 1});
  CHECK(sample(graph, Tensor::of<double>({1, 2}, std::vector<double>{255, 0}), options) == std::vector<double>{1, -1});
  CHECK(sample(graph, Tensor::of<std::int8_t>({1, 2}, std::vector<std::int8_t>{-5, 7})) == std::vector<double>{-5, 7});
}

TEST_CASE("the layout of the samples is brought to the model's") {
  const Graph nchw = with_input({1, 2, 2, 3}), nhwc = with_input({1, 2, 3, 2});
  DataOptions from_nhwc, from_nchw;
  from_nhwc.layout = DataLayout::nhwc;
  from_nchw.layout = DataLayout::nchw;
  const std::vector<double> plain{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const std::vector<double> planar{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11};
  const std::vector<double> interleaved{0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11};
  CHECK(sample(nchw, counting({1, 2, 3, 2}), from_nhwc) == planar);
  CHECK(sample(nchw, counting({1, 1, 2, 3, 2}), from_nhwc) == planar);
  CHECK(sample(nchw, counting({1, 2, 2, 3}), from_nchw) == plain);
  CHECK(sample(nhwc, counting({1, 2, 2, 3}), from_nchw) == interleaved);
  CHECK(sample(nhwc, counting({1, 2, 3, 2}), from_nhwc) == plain);
  CHECK(sample(with_input({1, 1, 3, 4}), counting({1, 3, 4, 1}), from_nhwc) == plain);
  CHECK(sample(with_input({1, 1, 3, 4}), counting({1, 1, 3, 4}), from_nchw) == plain);
  CHECK_THAT(message(nchw, counting({1, 2, 3, 2})), Catch::Contains("--data-layout nhwc"));
  CHECK_THAT(message(nhwc, counting({1, 2, 2, 3})), Catch::Contains("--data-layout nchw"));
  CHECK_THAT(message(nchw, counting({1, 12}), from_nhwc), Catch::Contains("flat"));
  CHECK_THAT(message(nchw, counting({1, 5, 5, 2}), from_nhwc), Catch::Contains("[1,5,5,2]"));
}

TEST_CASE("the first sample that is not finite is named") {
  const Graph graph = with_input({1, 2});
  Tensor array = counting({3, 2});
  array.mutable_data<float>()[5] = std::numeric_limits<float>::infinity();
  CHECK_THAT(message(graph, array), Catch::Contains("TC6031") && Catch::Contains("sample 2 has an infinite value"));
  array.mutable_data<float>()[3] = std::nanf("");
  CHECK_THAT(message(graph, array), Catch::Contains("sample 1 has NaN at element 1"));
  CHECK_THAT(message(graph, Tensor::of<double>({1, 2}, std::vector<double>{1, 1e300})), Catch::Contains("infinite"));
  CHECK_THAT(message(with_input({1, 2}, DType::i8), Tensor::of<float>({1, 2}, std::vector<float>{1, 200})),
             Catch::Contains("no i8 at element 1"));
}

TEST_CASE("quantized inputs take real values, or stored integers on request") {
  const Graph graph = with_input({1, 2}, DType::i8, Quantization::per_tensor(0.5f, 10));
  CHECK(sample(graph, Tensor::of<float>({1, 2}, std::vector<float>{1, -2})) == std::vector<double>{12, 6});
  CHECK(sample(graph, Tensor::of<std::int8_t>({1, 2}, std::vector<std::int8_t>{1, -2})) == std::vector<double>{12, 6});
  DataOptions stored;
  stored.stored_integers = true;
  CHECK(sample(graph, Tensor::of<std::int8_t>({1, 2}, std::vector<std::int8_t>{1, -2}), stored) ==
        std::vector<double>{1, -2});
  message(graph, Tensor::of<float>({1, 2}, std::vector<float>{1, -2}), stored);
}

TEST_CASE("several inputs take their arrays by name") {
  Graph graph;
  graph.add_input("a", Type{DType::f32, {1, 2}});
  graph.add_input("b", Type{DType::i64, {1}});
  const Tensor a = counting({3, 2}), b = counting({3}, DType::i32);
  const auto data = array_dataset(graph, {{"b", b}, {"a", a}}, {}, "x.npz");
  REQUIRE(data.ok());
  const auto tensors = data.value()->sample(2);
  CHECK(tensors[0].to_doubles() == std::vector<double>{4, 5});
  CHECK(tensors[1] == Tensor::of<std::int64_t>({1}, std::vector<std::int64_t>{2}));
  CHECK_FALSE(array_dataset(graph, {{"a", a}}, {}, "x.npz").ok());
  CHECK_FALSE(array_dataset(graph, {{"a", a}, {"c", b}}, {}, "x.npz").ok());
  CHECK_FALSE(array_dataset(graph, {{"a", a}, {"b", counting({2}, DType::i32)}}, {}, "x.npz").ok());
}

TEST_CASE("a folder of samples is read in the order of the names") {
  const std::string folder = "dataset_test_folder";
  std::filesystem::remove_all(folder);
  const Graph graph = with_input({1, 2});
  REQUIRE(write_file(folder + "/b.bin", std::string("\0\0\x80\x3f\0\0\0\x40", 8)).ok());
  REQUIRE(write_file(folder + "/a.npy", print_npy(counting({1, 2}))).ok());
  auto data = read_dataset(graph, folder, {});
  REQUIRE(data.ok());
  CHECK(data.value()->size() == 2);
  CHECK(data.value()->sample(0)[0].to_doubles() == std::vector<double>{0, 1});
  CHECK(data.value()->sample(1)[0].to_doubles() == std::vector<double>{1, 2});
  REQUIRE(write_file(folder + "/c.pb", "seven").ok());
  CHECK_FALSE(read_dataset(graph, folder, {}).ok());
  const PbReader read_pb = [](std::string_view bytes, const std::string&) -> Result<Tensor> {
    return Tensor::of<float>({1, 2}, std::vector<float>{static_cast<float>(bytes.size()), 0});
  };
  data = read_dataset(graph, folder, {}, read_pb);
  REQUIRE(data.ok());
  CHECK(data.value()->sample(2)[0].to_doubles() == std::vector<double>{5, 0});
  REQUIRE(write_file(folder + "/d.raw", "\x01\x02\x03").ok());
  CHECK(read_dataset(graph, folder, {}, read_pb).error().exit_code() == ExitCode::io);
  std::filesystem::remove_all(folder);
}
