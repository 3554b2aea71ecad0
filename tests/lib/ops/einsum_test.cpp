#include <functional>
#include <map>

#include "lib/support/rng.h"
#include "tests/lib/ops/op_runner.h"

using namespace tinyc;

namespace {

struct Operand {
  std::string labels;  // one letter per axis
  Tensor tensor;
};

Tensor random_tensor(Shape shape, Rng& rng) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (float& value : values) value = static_cast<float>(rng.normal());
  return floats(std::move(shape), values);
}

float element(const Operand& operand, const std::map<char, std::int64_t>& at) {
  const auto strides = operand.tensor.shape().strides();
  std::int64_t place = 0;
  for (std::size_t axis = 0; axis < operand.labels.size(); ++axis)
    if (operand.tensor.shape().sizes()[axis] != 1) place += strides[axis] * at.at(operand.labels[axis]);
  return operand.tensor.data<float>()[static_cast<std::size_t>(place)];
}

// The sum over all labels that the output lacks, by its definition.
std::vector<double> definition(const std::vector<Operand>& operands, const std::string& output,
                               const std::map<char, std::int64_t>& sizes) {
  std::string order = output;
  for (const auto& [label, size] : sizes)
    if (output.find(label) == output.npos) order += label;
  std::vector<double> sums(1, 0);
  for (const char label : output) sums.resize(sums.size() * static_cast<std::size_t>(sizes.at(label)), 0);
  std::map<char, std::int64_t> at;
  const std::function<void(std::size_t, std::size_t)> visit = [&](std::size_t depth, std::size_t place) {
    if (depth == order.size()) {
      double product = 1;
      for (const Operand& operand : operands) product *= static_cast<double>(element(operand, at));
      sums[place] += product;
      return;
    }
    const std::int64_t size = sizes.at(order[depth]);
    for (std::int64_t i = 0; i < size; ++i) {
      at[order[depth]] = i;
      visit(depth + 1, depth < output.size() ? place * static_cast<std::size_t>(size) + static_cast<std::size_t>(i) : place);
    }
  };
  visit(0, 0);
  return sums;
}

const std::map<char, std::int64_t> all_sizes{{'a', 2}, {'b', 3}, {'c', 4}, {'d', 3}, {'i', 3}, {'j', 2}, {'k', 4}, {'l', 5}};

// `labels` spell out every axis of the operands, `output` those of the result; '1' marks an axis of size 1 of the letter
// that stands at its place in the first operand.
void check_einsum(const std::string& equation, const std::vector<std::string>& labels, const std::string& output) {
  INFO(equation);
  Rng rng(7);
  std::vector<Operand> operands;
  std::map<char, std::int64_t> sizes;
  for (const std::string& text : labels) {
    std::vector<std::int64_t> shape;
    std::string letters = text;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '1') letters[i] = labels.front()[i];
      shape.push_back(text[i] == '1' ? 1 : all_sizes.at(text[i]));
      sizes[letters[i]] = all_sizes.at(letters[i]);
    }
    operands.push_back({letters, random_tensor(Shape(shape), rng)});
  }
  std::vector<std::optional<Tensor>> others;
  for (std::size_t i = 1; i < operands.size(); ++i) others.emplace_back(operands[i].tensor);
  const Tensor result = run_onnx("Einsum", 12, operands[0].tensor, {{"equation", equation}}, others);
  std::vector<std::int64_t> shape;
  for (const char label : output) shape.push_back(sizes.at(label));
  REQUIRE(result.shape() == Shape(shape));
  const std::vector<double> expected = definition(operands, output, sizes), actual = result.to_doubles();
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(actual[i] == Approx(expected[i]).margin(1e-4));
}

}  // namespace

TEST_CASE("Einsum is the sum that its equation says") {
  check_einsum("ij,jk->ik", {"ij", "jk"}, "ik");
  check_einsum("ij, jk", {"ij", "jk"}, "ik");        // implicit, with blanks
  check_einsum("kj", {"kj"}, "jk");                  // implicit: alphabetical
  check_einsum("ii->i", {"ii"}, "i");
  check_einsum("ii", {"ii"}, "");
  check_einsum("aiia->", {"aiia"}, "");
  check_einsum("ij->", {"ij"}, "");
  check_einsum("i,j->ji", {"i", "j"}, "ji");
  check_einsum("bij,bjk->bki", {"bij", "bjk"}, "bki");
  check_einsum("ij,ij->ij", {"ij", "ij"}, "ij");
  check_einsum("ijl,j,il->i", {"ijl", "j", "il"}, "i");
  check_einsum("ab,bc,cd,da->", {"ab", "bc", "cd", "da"}, "");
  check_einsum("...ij,...jk->...ik", {"abij", "abjk"}, "abik");
  check_einsum("...ij,...jk", {"bij", "1jk"}, "bik");  // an axis of the ellipsis broadcasts
  check_einsum("i...->...", {"iab"}, "ab");
}

TEST_CASE("Einsum refuses equations that do not fit") {
  const Tensor x = counting({2, 3});
  const auto id = [&](const std::string& equation, const std::vector<std::optional<Tensor>>& others = {}) {
    return error_id(try_onnx("Einsum", 12, x, {{"equation", equation}}, others));
  };
  CHECK(id("ijk->i") == "TC4001");
  CHECK(id("ii->i") == "TC4001");
  CHECK(id("ij->k") == "TC4001");
  CHECK(id("ij->ii") == "TC4001");
  CHECK(id("i.j->i") == "TC4001");
  CHECK(id("ij,jk->ik") == "TC4001");
  CHECK(id("ij,jk->ik", {counting({2, 2})}) == "TC4001");
  CHECK(id("ij", {counting({2, 2})}) == "TC4001");
}
