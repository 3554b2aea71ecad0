#include "formats/npy/sample_shape.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "lib/support/text.h"

namespace tinyc {
namespace {

std::vector<std::int64_t> without_units(const Shape& shape) {
  std::vector<std::int64_t> sizes;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(sizes), [](std::int64_t size) { return size != 1; });
  return sizes;
}

bool same_but_units(const Shape& a, const Shape& b) { return without_units(a) == without_units(b); }

// The shape in the layout that `from` is not.
Shape with_moved_channel(const Shape& shape, DataLayout from) {
  std::vector<std::int64_t> sizes = shape.sizes();
  if (from == DataLayout::nhwc) std::rotate(sizes.begin(), sizes.end() - 1, sizes.end());
  else std::rotate(sizes.begin(), sizes.begin() + 1, sizes.end());
  return Shape(std::move(sizes));
}

// A sample of as many axes as the input may have the input's leading batch axis; the channel is not that one.
Shape without_batch(const Shape& sample, const Shape& input) {
  if (sample.rank() != input.rank() || sample.rank() < 1 || sample[0] != 1) return sample;
  return Shape(std::vector<std::int64_t>(sample.begin() + 1, sample.end()));
}

bool fits_moved(const Shape& sample, const Shape& input, DataLayout layout) {
  return sample.rank() >= 2 && same_but_units(with_moved_channel(sample, layout), input);
}

Error shape_mismatch(const Shape& array, const Shape& input, const std::string& where, const std::string& input_name,
               std::string remedy) {
  return {"TC6030", where,
          "is an array of shape " + array.to_string() + ", the model's input '" + input_name + "' is " + input.to_string(),
          std::move(remedy)};
}

}  // namespace

Result<SampleFit> fit_sample(const Shape& array, const Shape& input, std::optional<DataLayout> layout,
                             const std::string& where, const std::string& input_name) {
  const Shape whole(std::vector<std::int64_t>(array.begin() + 1, array.end()));
  const Shape sample = without_batch(whole, input);
  const bool straight = same_but_units(sample, input);
  if (!layout) {
    if (straight || (whole.rank() == 1 && whole[0] == input.elements())) return SampleFit{};
    for (const auto& [other, flag] : {std::pair(DataLayout::nhwc, "nhwc"), std::pair(DataLayout::nchw, "nchw")})
      if (fits_moved(sample, input, other))
        return shape_mismatch(array, input, where, input_name,
                        "if the samples are " + upper(flag) + ", add --data-layout " + flag);
    if (same_but_units(array, input))
      return shape_mismatch(array, input, where, input_name,
                      "the first axis counts the samples: save one sample as " + array.to_string().insert(1, "1,"));
    return shape_mismatch(array, input, where, input_name,
                    "save N samples as an array of shape N x " + input.to_string() + ", or N x " +
                        std::to_string(input.elements()));
  }
  if (whole.rank() == 1 && without_units(input).size() > 1)
    return shape_mismatch(array, input, where, input_name, "flat samples have no axes that --data-layout could transpose");
  const bool transposed = fits_moved(sample, input, *layout);
  // When both readings fit (a side as long as there are channels), the model has ONNX's own layout, NCHW.
  if (transposed && (!straight || *layout == DataLayout::nhwc)) {
    const std::int64_t channels = *layout == DataLayout::nhwc ? sample[sample.rank() - 1] : sample[0];
    const std::int64_t pixels = sample.elements() / std::max<std::int64_t>(channels, 1);
    return *layout == DataLayout::nhwc ? SampleFit{pixels, channels} : SampleFit{channels, pixels};
  }
  if (straight) return SampleFit{};
  return shape_mismatch(array, input, where, input_name,
                  "the samples fit neither as they are nor transposed from --data-layout " +
                      std::string(*layout == DataLayout::nhwc ? "nhwc" : "nchw"));
}

Tensor arrange_sample(const Tensor& sample, const SampleFit& fit) {
  if (fit.rows == 0) return sample;
  const auto rows = static_cast<std::size_t>(fit.rows), columns = static_cast<std::size_t>(fit.columns);
  const std::size_t width = size_of(sample.dtype());
  Tensor result(sample.dtype(), sample.shape());
  const auto from = sample.bytes();
  const auto to = result.mutable_bytes();
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      std::memcpy(&to[(c * rows + r) * width], &from[(r * columns + c) * width], width);
  return result;
}

}  // namespace tinyc
