#pragma once
// Matrix products for evaluation.

#include <cstdint>

namespace tinyc::ops {

// a[rows, depth] times the transpose of b[columns, depth]; rows of the result are `stride` elements apart.
struct GemmSizes {
  std::int64_t rows, columns, depth, stride;
};

void gemm(const GemmSizes& sizes, const float* a, const float* b, float* out);
void gemm(const GemmSizes& sizes, const double* a, const double* b, double* out);

// Of integers within [-255, 255], given as floats; exact: 256 products of them stay below 2^24, longer sums are
// continued in int32 (where the caller proves that they fit).
void gemm(const GemmSizes& sizes, const float* a, const float* b, std::int32_t* out);
inline constexpr std::int64_t exact_terms = 256;

// out += a * b for a[rows, depth], whose rows are `a_stride` apart, and b[depth, columns]; out += transpose of a times b for
// a[depth, rows].
void add_product(const GemmSizes& sizes, const float* a, std::int64_t a_stride, const float* b, float* out);
void add_transposed_product(const GemmSizes& sizes, const float* a, std::int64_t a_stride, const float* b, float* out);

}  // namespace tinyc::ops
