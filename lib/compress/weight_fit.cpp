#include "lib/compress/weight_fit.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "lib/support/threads.h"

namespace tinyc {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;
using Indices = std::vector<Eigen::Index>;

constexpr double smallest_damping = 1e-30;  // of inputs that are all constant: anything positive
constexpr int most_sweeps = 20;
constexpr double smallest_shrink = 0.45, shrink_step = 0.05;

Matrix damped(const Moments& moments, double ridge) {
  const auto depth = static_cast<Eigen::Index>(moments.depth);
  Matrix hessian = Eigen::Map<const Matrix>(moments.hessian.data(), depth, depth);
  hessian.diagonal().array() += std::max(ridge * moments.mean_diagonal(), smallest_damping);
  return hessian;
}

// Outputs whose non-zero weights are in the same places, with these places.
template <class T>
std::vector<std::pair<Indices, Indices>> by_support(std::span<const T> weights, std::size_t depth) {
  std::map<Indices, Indices> outputs;
  for (std::size_t o = 0; o * depth < weights.size(); ++o) {
    Indices support;
    for (std::size_t i = 0; i < depth; ++i)
      if (weights[o * depth + i] != 0) support.push_back(static_cast<Eigen::Index>(i));
    outputs[std::move(support)].push_back(static_cast<Eigen::Index>(o));
  }
  std::vector<std::pair<Indices, Indices>> groups;
  for (auto& [support, which] : outputs)
    if (!support.empty()) groups.emplace_back(support, which);
  return groups;
}

// One output: integers near to wanted / scale on the support.
class Rounder {
 public:
  // `factor`: the upper Cholesky factor of the inverse of the hessian on the support, in `order`.
  Rounder(const Matrix& hessian, int levels) : hessian_(hessian), levels_(levels) {
    const Eigen::Index n = hessian.rows();
    order_.resize(static_cast<std::size_t>(n));
    std::iota(order_.begin(), order_.end(), Eigen::Index{0});
    std::stable_sort(order_.begin(), order_.end(), [&](Eigen::Index a, Eigen::Index b) { return hessian(a, a) > hessian(b, b); });
    Matrix permuted(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j < n; ++j) permuted(i, j) = hessian(at(i), at(j));
    const Matrix inverse = permuted.llt().solve(Matrix::Identity(n, n));
    factor_ = inverse.llt().matrixU();
  }

  struct Rounded {
    Vector stored;
    double error = 0;
  };
  Rounded round(const Vector& wanted, double scale) const {
    const Vector exact = wanted / scale;
    Vector stored = propagate(exact);
    const Vector gradient = descend(exact, stored);
    return {stored, scale * scale * (stored - exact).dot(gradient)};
  }

 private:
  Eigen::Index at(Eigen::Index i) const { return order_[static_cast<std::size_t>(i)]; }
  double nearest(double x) const { return std::clamp(std::round(x), -static_cast<double>(levels_), static_cast<double>(levels_)); }

  // One weight after the other, its rounding error made up for by those that follow.
  Vector propagate(const Vector& exact) const {
    const Eigen::Index n = exact.size();
    Vector left(n), stored(n);
    for (Eigen::Index i = 0; i < n; ++i) left[i] = exact[at(i)];
    for (Eigen::Index i = 0; i < n; ++i) {
      const double rounded = nearest(left[i]);
      stored[at(i)] = rounded;
      const double error = (left[i] - rounded) / factor_(i, i);
      left.tail(n - i - 1) -= error * factor_.row(i).tail(n - i - 1).transpose();
    }
    return stored;
  }

  // Changes one integer at a time as long as that helps; the hessian times (stored - exact).
  Vector descend(const Vector& exact, Vector& stored) const {
    Vector gradient = hessian_ * (stored - exact);
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
      bool changed = false;
      for (Eigen::Index i = 0; i < stored.size(); ++i) {
        const double better = nearest(stored[i] - gradient[i] / hessian_(i, i)), step = better - stored[i];
        if (step == 0 || !(step * (2 * gradient[i] + step * hessian_(i, i)) < -1e-12 * hessian_(i, i))) continue;
        stored[i] = better;
        gradient += step * hessian_.row(i).transpose();
        changed = true;
      }
      if (!changed) break;
    }
    return gradient;
  }

  const Matrix& hessian_;
  int levels_;
  Indices order_;
  Matrix factor_;
};

}  // namespace

std::vector<double> refit(const Moments& moments, std::span<const float> weights, double ridge, int threads) {
  const auto depth = static_cast<Eigen::Index>(moments.depth), outputs = static_cast<Eigen::Index>(moments.outputs);
  const Matrix hessian = damped(moments, ridge);
  const double added = hessian(0, 0) - moments.hessian[0];
  const Eigen::Map<const Matrix> cross(moments.cross.data(), depth, outputs);
  std::vector<double> result(weights.size(), 0);
  const auto groups = by_support(weights, moments.depth);
  for_each_piece(groups.size(), threads, [&](std::size_t piece) {
    const auto& [support, which] = groups[piece];
    const auto n = static_cast<Eigen::Index>(support.size()), count = static_cast<Eigen::Index>(which.size());
    const Matrix own = hessian(support, support);
    Matrix right(n, count);
    for (Eigen::Index k = 0; k < count; ++k)
      for (Eigen::Index i = 0; i < n; ++i)
        right(i, k) = cross(support[static_cast<std::size_t>(i)], which[static_cast<std::size_t>(k)]) +
                      added * static_cast<double>(weights[static_cast<std::size_t>(which[static_cast<std::size_t>(k)] * depth + support[static_cast<std::size_t>(i)])]);
    const Matrix solved = own.llt().solve(right);
    for (Eigen::Index k = 0; k < count; ++k)
      for (Eigen::Index i = 0; i < n; ++i)
        result[static_cast<std::size_t>(which[static_cast<std::size_t>(k)] * depth + support[static_cast<std::size_t>(i)])] = solved(i, k);
  });
  return result;
}

RoundedWeights round_weights(const Moments& moments, std::span<const double> wanted, std::span<const float> scales,
                             std::span<const float> least_scales, int levels, double ridge, int threads) {
  const std::size_t depth = moments.depth;
  const Matrix hessian = damped(moments, ridge);
  RoundedWeights result{std::vector<std::int8_t>(wanted.size(), 0), {scales.begin(), scales.end()}};
  const auto groups = by_support(wanted, depth);
  for_each_piece(groups.size(), threads, [&](std::size_t piece) {
    const auto& [support, which] = groups[piece];
    const Matrix own = hessian(support, support);
    const Rounder rounder(own, levels);
    Vector target(static_cast<Eigen::Index>(support.size()));
    for (const Eigen::Index output : which) {
      const auto o = static_cast<std::size_t>(output);
      for (std::size_t i = 0; i < support.size(); ++i)
        target[static_cast<Eigen::Index>(i)] = wanted[o * depth + static_cast<std::size_t>(support[i])];
      auto best = rounder.round(target, scales[o]);
      for (double shrink = 1 - shrink_step; !least_scales.empty() && shrink > smallest_shrink; shrink -= shrink_step) {
        const auto scale = static_cast<float>(scales[o] * shrink);
        if (scale < least_scales[o]) break;
        auto rounded = rounder.round(target, scale);
        if (rounded.error >= best.error) continue;
        best = std::move(rounded);
        result.scales[o] = scale;
      }
      for (std::size_t i = 0; i < support.size(); ++i)
        result.stored[o * depth + static_cast<std::size_t>(support[i])] = static_cast<std::int8_t>(best.stored[static_cast<Eigen::Index>(i)]);
    }
  });
  return result;
}

std::vector<double> scaled(std::span<const std::int8_t> stored, std::span<const float> scales) {
  std::vector<double> real(stored.size());
  for (std::size_t i = 0; i < stored.size(); ++i)
    real[i] = static_cast<double>(stored[i]) * static_cast<double>(scales[i / (stored.size() / scales.size())]);
  return real;
}

namespace {

double total_error(const Moments& moments, std::span<const double> weights) {
  const std::vector<double> errors = squared_errors(moments, weights);
  return std::accumulate(errors.begin(), errors.end(), 0.0);
}

// Of the even samples; `best` becomes the ridge that does best on the odd ones.
std::vector<double> chosen_refit(const SplitMoments& moments, std::span<const float> weights, int threads, double& best) {
  std::vector<double> chosen;
  double least = HUGE_VAL;
  for (const double ridge : {0.01, 0.1, 1.0, 10.0, 1000.0}) {
    auto fitted = refit(moments.even, weights, ridge, threads);
    const double error = total_error(moments.odd, fitted);
    if (error > least) break;
    least = error;
    best = ridge;
    chosen = std::move(fitted);
  }
  return chosen;
}

}  // namespace

std::vector<double> refit_chosen(const SplitMoments& moments, std::span<const float> weights, int threads) {
  double ridge = 0.01;
  if (moments.odd.rows > 0 && moments.even.rows > 0) chosen_refit(moments, weights, threads, ridge);
  return refit(moments.all, weights, ridge, threads);
}

std::optional<RoundedWeights> fit_and_round(const SplitMoments& moments, std::span<const float> weights,
                                            std::span<const std::int8_t> plain, std::span<const float> scales,
                                            std::span<const float> least_scales, int levels, int threads) {
  const bool can_measure = moments.odd.rows > 0 && moments.even.rows > 0;
  const auto rounded = [&](const Moments& of, std::span<const double> wanted, double ridge) {
    return round_weights(of, wanted, scales, least_scales, levels, ridge, threads);
  };
  double best_refit = 0.01, best_rounding = 0.01;
  if (can_measure) {
    const std::vector<double> wanted = chosen_refit(moments, weights, threads, best_refit);
    double least = total_error(moments.odd, scaled(plain, scales));
    best_rounding = 0;
    for (const double ridge : {0.01, 0.1, 1.0}) {
      const RoundedWeights candidate = rounded(moments.even, wanted, ridge);
      const double error = total_error(moments.odd, scaled(candidate.stored, candidate.scales));
      if (error >= least) continue;
      least = error;
      best_rounding = ridge;
    }
    if (best_rounding == 0) return std::nullopt;
  }
  return rounded(moments.all, refit(moments.all, weights, best_refit, threads), best_rounding);
}

}  // namespace tinyc
