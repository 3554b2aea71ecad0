#include "lib/ops/gemm.h"

#include <Eigen/Core>

#include <algorithm>

namespace tinyc::ops {
namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using Strided = Eigen::Map<Matrix<T>, 0, Eigen::OuterStride<>>;
template <class T>
using ConstStrided = Eigen::Map<const Matrix<T>, 0, Eigen::OuterStride<>>;

template <class T>
void gemm_real(const GemmSizes& s, const T* a, const T* b, T* out) {
  const Eigen::Map<const Matrix<T>> left(a, s.rows, s.depth), right(b, s.columns, s.depth);
  Strided<T>(out, s.rows, s.columns, Eigen::OuterStride<>(s.stride)).noalias() = left * right.transpose();
}

}  // namespace

void gemm(const GemmSizes& sizes, const float* a, const float* b, float* out) { gemm_real(sizes, a, b, out); }
void gemm(const GemmSizes& sizes, const double* a, const double* b, double* out) { gemm_real(sizes, a, b, out); }

void add_product(const GemmSizes& s, const float* a, std::int64_t a_stride, const float* b, float* out) {
  const ConstStrided<float> left(a, s.rows, s.depth, Eigen::OuterStride<>(a_stride));
  const Eigen::Map<const Matrix<float>> right(b, s.depth, s.columns);
  Strided<float>(out, s.rows, s.columns, Eigen::OuterStride<>(s.stride)).noalias() += left * right;
}

void add_transposed_product(const GemmSizes& s, const float* a, std::int64_t a_stride, const float* b, float* out) {
  const ConstStrided<float> left(a, s.depth, s.rows, Eigen::OuterStride<>(a_stride));
  const Eigen::Map<const Matrix<float>> right(b, s.depth, s.columns);
  Strided<float>(out, s.rows, s.columns, Eigen::OuterStride<>(s.stride)).noalias() += left.transpose() * right;
}

void gemm(const GemmSizes& s, const float* a, const float* b, std::int32_t* out) {
  Strided<std::int32_t> result(out, s.rows, s.columns, Eigen::OuterStride<>(s.stride));
  result.setZero();
  Matrix<float> part(s.rows, s.columns);
  for (std::int64_t first = 0; first < s.depth; first += exact_terms) {
    const std::int64_t terms = std::min(exact_terms, s.depth - first);
    const ConstStrided<float> left(a + first, s.rows, terms, Eigen::OuterStride<>(s.depth));
    const ConstStrided<float> right(b + first, s.columns, terms, Eigen::OuterStride<>(s.depth));
    part.noalias() = left * right.transpose();
    result += part.cast<std::int32_t>();
  }
}

}  // namespace tinyc::ops
