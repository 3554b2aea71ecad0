#include "lib/compress/obs.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lib/support/threads.h"

namespace tinyc {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Indices = std::vector<Eigen::Index>;

constexpr double damping = 0.01, most_work = 1.5e11;

// The inverse of the damped hessian.
Matrix inverse_hessian(const Moments& moments) {
  const auto depth = static_cast<Eigen::Index>(moments.depth);
  Eigen::MatrixXd hessian = Eigen::Map<const Eigen::MatrixXd>(moments.hessian.data(), depth, depth);
  hessian.diagonal().array() += std::max(damping * moments.mean_diagonal(), 1e-30);
  return hessian.llt().solve(Eigen::MatrixXd::Identity(depth, depth)).cast<float>();
}

class StripPruner {
 public:
  StripPruner(const Matrix& inverse, std::span<const float> weights, const PruneStrip& strip, bool update)
      : strip_(strip), update_(update), columns_(static_cast<std::size_t>(inverse.rows())), place_(columns_.size()) {
    std::iota(columns_.begin(), columns_.end(), Eigen::Index{0});
    std::iota(place_.begin(), place_.end(), Eigen::Index{0});
    weights_.resize(static_cast<Eigen::Index>(strip.outputs.size()), inverse.rows());
    for (std::size_t r = 0; r < strip.outputs.size(); ++r)
      for (Eigen::Index k = 0; k < inverse.rows(); ++k)
        weights_(static_cast<Eigen::Index>(r), k) = weights[strip.outputs[r] * columns_.size() + static_cast<std::size_t>(k)];
    inverse_ = inverse;
    left_.resize(strip.groups.size());
    std::iota(left_.begin(), left_.end(), std::size_t{0});
  }

  PruneTrace run(std::size_t count) {
    PruneTrace trace;
    if (!update_) return at_once(count);
    for (std::size_t i = 0; i < count && !left_.empty(); ++i) {
      std::size_t best = 0;
      double least = std::numeric_limits<double>::infinity();
      for (std::size_t k = 0; k < left_.size(); ++k)
        if (const double cost = cost_of(left_[k]); cost < least) {
          least = cost;
          best = k;
        }
      const std::size_t group = left_[best];
      left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(best));
      trace.order.push_back(group);
      trace.losses.push_back(std::isfinite(least) ? std::max(least, 0.0) : 0.0);
      remove(group);
    }
    return trace;
  }

 private:
  // By the costs at the start.
  PruneTrace at_once(std::size_t count) {
    std::vector<double> costs;
    for (const std::size_t group : left_) costs.push_back(cost_of(group));
    std::stable_sort(left_.begin(), left_.end(), [&](std::size_t a, std::size_t b) { return costs[a] < costs[b]; });
    PruneTrace trace;
    for (std::size_t i = 0; i < std::min(count, left_.size()); ++i) {
      trace.order.push_back(left_[i]);
      trace.losses.push_back(costs[left_[i]]);
    }
    return trace;
  }

  Indices places(std::size_t group) const {
    Indices places;
    for (const std::size_t column : strip_.groups[group]) places.push_back(place_[column]);
    return places;
  }

  // w (inverse on the group)^-1 w, over the outputs.
  double cost_of(std::size_t group) const {
    const auto& columns = strip_.groups[group];
    if (columns.size() == 1) {
      const Eigen::Index k = place_[columns[0]];
      double squares = 0;
      for (Eigen::Index r = 0; r < weights_.rows(); ++r) squares += static_cast<double>(weights_(r, k)) * static_cast<double>(weights_(r, k));
      return squares / std::max<double>(inverse_(k, k), 1e-30);
    }
    const Indices k = places(group);
    const Eigen::MatrixXf own = weights_(Eigen::all, k);
    if (own.isZero(0)) return 0;
    const Eigen::MatrixXd wide = own.cast<double>();
    return (wide * solve(k, wide.transpose())).trace();
  }

  Eigen::MatrixXd solve(const Indices& k, const Eigen::MatrixXd& right) const {
    const Eigen::MatrixXd block = Eigen::MatrixXf(inverse_(k, k)).cast<double>();
    return block.llt().solve(right);
  }

  void remove(std::size_t group) {
    const Indices k = places(group);
    const Matrix rows = inverse_(k, Eigen::all);
    const Matrix solved = solve(k, rows.cast<double>()).cast<float>();  // [group, columns]
    const Matrix own = weights_(Eigen::all, k);
    weights_.noalias() -= own * solved;
    inverse_.noalias() -= rows.transpose() * solved;
    for (const Eigen::Index i : k) {
      weights_.col(i).setZero();
      inverse_.row(i).setZero();
      inverse_.col(i).setZero();
      columns_[static_cast<std::size_t>(i)] = -1;
    }
    gone_ += k.size();
    if (gone_ * 5 >= columns_.size() && columns_.size() > 32) compact();
  }

  // Leaves out the columns that are gone.
  void compact() {
    Indices stay;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i] >= 0) stay.push_back(static_cast<Eigen::Index>(i));
    inverse_ = Matrix(inverse_(stay, stay));
    weights_ = Matrix(weights_(Eigen::all, stay));
    Indices columns;
    for (const Eigen::Index i : stay) columns.push_back(columns_[static_cast<std::size_t>(i)]);
    columns_ = std::move(columns);
    for (std::size_t i = 0; i < columns_.size(); ++i) place_[static_cast<std::size_t>(columns_[i])] = static_cast<Eigen::Index>(i);
    gone_ = 0;
  }

  const PruneStrip& strip_;
  bool update_;
  Indices columns_;  // by place: the column of the layer, -1 when it is gone
  Indices place_;    // by column
  Matrix weights_, inverse_;
  std::vector<std::size_t> left_;
  std::size_t gone_ = 0;
};

}  // namespace

std::vector<PruneTrace> prune_traces(const Moments& moments, std::span<const float> weights, const std::vector<PruneStrip>& strips,
                                     double share, int threads) {
  const Matrix inverse = inverse_hessian(moments);
  const double depth = static_cast<double>(moments.depth);
  const bool update = depth * depth * depth * share * static_cast<double>(strips.size()) <= most_work;
  std::vector<PruneTrace> traces(strips.size());
  for_each_piece(strips.size(), threads, [&](std::size_t i) {
    const auto count = static_cast<std::size_t>(std::ceil(share * static_cast<double>(strips[i].groups.size())));
    traces[i] = StripPruner(inverse, weights, strips[i], update).run(count);
  });
  return traces;
}

}  // namespace tinyc
