#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

std::string convolution(const std::string& operand, const std::string& pads) {
  return "%y = conv2d(" + operand + ", %w, none) {dilations=[1, 1], groups=1, pads=" + pads + ", strides=[1, 1]}\noutput %y\n";
}
std::string max_pool(const std::string& operand, const std::string& pads, const std::string& kernel = "[3, 3]") {
  return "%y = max_pool(" + operand + ") {dilations=[1, 1], kernel=" + kernel + ", pads=" + pads + ", strides=[2, 2]}\noutput %y\n";
}
std::string average_pool(const std::string& operand, const std::string& pads, int counts) {
  return "%y = average_pool(" + operand + ") {count_include_pad=" + std::to_string(counts) +
         ", dilations=[1, 1], kernel=[2, 2], pads=" + pads + ", strides=[1, 1]}\noutput %y\n";
}
std::string pad(const std::string& operand, const std::string& pads, const std::string& value = "0.0") {
  return "%p = pad(" + operand + ") {mode=\"constant\", pads=" + pads + ", value=" + value + "}\n";
}
const std::string input = "input %x: f32[1,4,4,1]\n";
const std::string weights = "const %w: f32[1,2,2,1] = [1.0, 2.0, 3.0, 4.0]\n";
const std::string around = "[0, 1, 2, 0, 0, 3, 4, 0]";  // top 1, left 2, bottom 3, right 4

TEST_CASE("fold-pad adds to the padding of a convolution") {
  check_pass("fold-pad", input + weights + pad("%x", around) + convolution("%p", "[1, 0, 0, 0]"),
             input + weights + convolution("%x", "[2, 2, 3, 4]"));
}

TEST_CASE("fold-pad sees the one axis of a 1-D convolution through a reshape") {
  const std::string signal = "input %x: f32[1,6,1]\nconst %w: f32[1,1,3,1] = [1.0, 2.0, 3.0]\n";
  check_pass("fold-pad",
             signal + pad("%x", "[0, 1, 0, 0, 2, 0]") + "%r = reshape(%p) {shape=[1, 1, 9, 1]}\n" + convolution("%r", "[0, 0, 0, 0]"),
             signal + "%y_1 = reshape(%x) {shape=[1, 1, 6, 1]} @\"y\"\n" + convolution("%y_1", "[0, 1, 0, 2]"));
}

TEST_CASE("fold-pad leaves other values, other modes, other axes and negative pads") {
  check_pass_leaves("fold-pad", input + weights + pad("%x", around, "1.0") + convolution("%p", "[0, 0, 0, 0]"));
  check_pass_leaves("fold-pad", input + weights + pad("%x", "[0, -1, 0, 0, 0, 0, 0, 0]") + convolution("%p", "[0, 0, 0, 0]"));
  check_pass_leaves("fold-pad", input + "const %w: f32[1,1,1,2] = [1.0, 2.0]\n" + pad("%x", "[0, 0, 0, 0, 0, 0, 0, 1]") +
                                    convolution("%p", "[0, 0, 0, 0]"));
  check_pass_leaves("fold-pad", input + weights + "%p = pad(%x) {mode=\"edge\", pads=" + around + ", value=0.0}\n" +
                                    convolution("%p", "[0, 0, 0, 0]"));
}

TEST_CASE("fold-pad makes an average count its padding, where it has none that does not count") {
  const std::string one = "[0, 1, 1, 0, 0, 1, 1, 0]";
  check_pass("fold-pad", input + pad("%x", one) + average_pool("%p", "[0, 0, 0, 0]", 0), input + average_pool("%x", "[1, 1, 1, 1]", 1));
  check_pass("fold-pad", input + pad("%x", one) + average_pool("%p", "[1, 0, 0, 0]", 1), input + average_pool("%x", "[2, 1, 1, 1]", 1));
  check_pass_leaves("fold-pad", input + pad("%x", one) + average_pool("%p", "[1, 0, 0, 0]", 0));
}

TEST_CASE("fold-pad folds what can never be a maximum") {
  const std::string one = "[0, 1, 1, 0, 0, 1, 1, 0]", relu = "%r = relu(%x)\n";
  check_pass("fold-pad", input + pad("%x", one, "-inf") + max_pool("%p", "[0, 0, 0, 0]"), input + max_pool("%x", "[1, 1, 1, 1]"));
  check_pass("fold-pad", input + relu + pad("%r", one) + max_pool("%p", "[0, 0, 0, 0]"),
             input + relu + max_pool("%r", "[1, 1, 1, 1]"));
  check_pass_leaves("fold-pad", input + pad("%x", one) + max_pool("%p", "[0, 0, 0, 0]"));
  check_pass_leaves("fold-pad", input + relu + pad("%r", one, "1.0") + max_pool("%p", "[0, 0, 0, 0]"));
}

TEST_CASE("fold-pad leaves a maximum over padding alone") {
  const std::string relu = "%r = relu(%x)\n";
  check_pass_leaves("fold-pad", input + relu + pad("%r", "[0, 2, 0, 0, 0, 0, 0, 0]") + max_pool("%p", "[0, 0, 0, 0]", "[2, 2]"));
}

}  // namespace
}  // namespace tinyc
