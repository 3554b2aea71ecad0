#include "lib/compress/moments.h"

#include <Eigen/Core>

#include <algorithm>

#include "lib/support/rng.h"
#include "lib/support/threads.h"

namespace tinyc {
namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr double most_rows = 20000, most_values = 16e6, most_products = 4e9, least_rows = 4096;

struct RowPlace {
  std::size_t sample, position;
};

// All rows, or an even choice of them: one from each of equal stretches of every sample.
std::vector<RowPlace> choose_rows(const DenseLayer& layer, std::size_t samples) {
  const auto depth = static_cast<double>(layer.depth), groups = static_cast<double>(layer.groups);
  const double by_work = std::max(least_rows, most_products / (depth * depth * groups));
  const double rows = std::max(512.0, std::min({most_rows, most_values / (depth * groups), by_work}));
  const std::size_t used_samples = std::min(samples, static_cast<std::size_t>(rows));
  const std::size_t each = std::clamp<std::size_t>(static_cast<std::size_t>(rows) / std::max<std::size_t>(used_samples, 1), 1, layer.positions);
  std::vector<RowPlace> places;
  Rng rng(layer.positions);
  for (std::size_t i = 0; i < used_samples; ++i)
    for (std::size_t k = 0; k < each; ++k) {
      const std::size_t first = k * layer.positions / each, last = (k + 1) * layer.positions / each;
      places.push_back({i * samples / used_samples, first + static_cast<std::size_t>(rng.next() % (last - first))});
    }
  return places;
}

Rows gather(const DenseLayer& layer, const LayerInputs& inputs, const std::vector<RowPlace>& places, std::size_t group) {
  Rows rows(static_cast<Eigen::Index>(places.size()), static_cast<Eigen::Index>(layer.depth));
  for (std::size_t i = 0; i < places.size(); ++i)
    layer.gather(inputs.at(places[i].sample), *inputs.type, group, places[i].position, rows.row(static_cast<Eigen::Index>(i)).data());
  return rows;
}

// The column means; the columns are centered.
Eigen::RowVectorXd center(Rows& rows) {
  const Eigen::RowVectorXd mean = rows.cast<double>().colwise().mean();
  rows.rowwise() -= mean.cast<float>();
  return mean;
}

void store(const Eigen::MatrixXd& from, std::vector<double>& to) {
  to.resize(static_cast<std::size_t>(from.size()));
  Eigen::Map<Matrix>(to.data(), from.rows(), from.cols()) = from;
}

// The transpose of a times b, tile by tile of b's columns; only columns from `tile` on of a for a symmetric product.
Eigen::MatrixXd product(const Rows& a, const Rows& b, bool symmetric, int threads) {
  constexpr Eigen::Index width = 64;
  Eigen::MatrixXd result(a.cols(), b.cols());
  for_each_piece(static_cast<std::size_t>((b.cols() + width - 1) / width), threads, [&](std::size_t piece) {
    const Eigen::Index first = static_cast<Eigen::Index>(piece) * width, count = std::min(width, b.cols() - first);
    const Eigen::Index from = symmetric ? first : 0;
    const Eigen::MatrixXf tile = a.rightCols(a.cols() - from).transpose() * b.middleCols(first, count);
    result.block(from, first, tile.rows(), count) = tile.cast<double>();
  });
  if (symmetric)
    for (Eigen::Index i = 0; i < result.rows(); ++i)
      for (Eigen::Index j = i + 1; j < result.cols(); ++j) result(i, j) = result(j, i);
  return result / static_cast<double>(std::max<Eigen::Index>(a.rows(), 1));
}

struct Weights {
  const DenseLayer& layer;
  std::span<const float> values;
};

Moments moments_of(const Weights& weights, const LayerInputs& inputs, const LayerInputs& wanted,
                   const std::vector<RowPlace>& places, std::size_t group, int threads) {
  const DenseLayer& layer = weights.layer;
  const auto outputs = static_cast<Eigen::Index>(layer.outputs), depth = static_cast<Eigen::Index>(layer.depth);
  const Eigen::Map<const Rows> matrix(layer.weights_of(weights.values, group).data(), outputs, depth);
  Rows targets = gather(layer, wanted, places, group) * matrix.transpose();
  Rows rows = gather(layer, inputs, places, group);
  Moments moments;
  moments.depth = layer.depth;
  moments.outputs = layer.outputs;
  moments.rows = static_cast<double>(places.size());
  if (places.empty()) return moments;
  const Eigen::RowVectorXd mean = center(rows), target_mean = center(targets);
  moments.mean.assign(mean.data(), mean.data() + mean.size());
  moments.target_mean.assign(target_mean.data(), target_mean.data() + target_mean.size());
  store(product(rows, rows, true, threads), moments.hessian);
  store(product(rows, targets, false, threads), moments.cross);
  const Eigen::RowVectorXd power = targets.cast<double>().array().square().colwise().mean();
  moments.target_power.assign(power.data(), power.data() + power.size());
  return moments;
}

// Of the rows of both.
Moments merged(const Moments& a, const Moments& b) {
  if (a.rows == 0 || b.rows == 0) return a.rows == 0 ? b : a;
  const double share = b.rows / (a.rows + b.rows);
  Moments both = a;
  both.rows += b.rows;
  const auto mix = [&](std::vector<double>& to, const std::vector<double>& from) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += share * (from[i] - to[i]);
  };
  for (std::vector<double> Moments::* const member :
       {&Moments::mean, &Moments::target_mean, &Moments::hessian, &Moments::cross, &Moments::target_power})
    mix(both.*member, b.*member);
  const double apart = share * (1 - share);
  for (std::size_t i = 0; i < a.depth; ++i) {
    const double step = a.mean[i] - b.mean[i];
    for (std::size_t j = 0; j < a.depth; ++j) both.hessian[i * a.depth + j] += apart * step * (a.mean[j] - b.mean[j]);
    for (std::size_t o = 0; o < a.outputs; ++o)
      both.cross[i * a.outputs + o] += apart * step * (a.target_mean[o] - b.target_mean[o]);
  }
  for (std::size_t o = 0; o < a.outputs; ++o) {
    const double step = a.target_mean[o] - b.target_mean[o];
    both.target_power[o] += apart * step * step;
  }
  return both;
}

}  // namespace

double Moments::mean_diagonal() const {
  double sum = 0;
  for (std::size_t i = 0; i < depth; ++i) sum += hessian[i * depth + i];
  return depth > 0 ? sum / static_cast<double>(depth) : 0;
}

std::vector<SplitMoments> layer_moments(const DenseLayer& layer, std::span<const float> weights, const LayerInputs& inputs,
                                        const LayerInputs& wanted, std::size_t samples, int threads) {
  std::vector<RowPlace> even, odd;
  for (const RowPlace& place : choose_rows(layer, samples)) (place.sample % 2 == 0 ? even : odd).push_back(place);
  std::vector<SplitMoments> all(layer.groups);
  const int own_threads = layer.groups > 1 ? 1 : threads;
  for_each_piece(layer.groups, layer.groups > 1 ? threads : 1, [&](std::size_t group) {
    all[group].even = moments_of({layer, weights}, inputs, wanted, even, group, own_threads);
    all[group].odd = moments_of({layer, weights}, inputs, wanted, odd, group, own_threads);
    all[group].all = merged(all[group].even, all[group].odd);
  });
  return all;
}

std::vector<double> squared_errors(const Moments& moments, std::span<const double> weights) {
  const auto depth = static_cast<Eigen::Index>(moments.depth), outputs = static_cast<Eigen::Index>(moments.outputs);
  const Eigen::Map<const Matrix> hessian(moments.hessian.data(), depth, depth), cross(moments.cross.data(), depth, outputs);
  const Eigen::Map<const Matrix> w(weights.data(), outputs, depth);
  const Matrix product = w * hessian;
  std::vector<double> errors;
  for (Eigen::Index o = 0; o < outputs; ++o)
    errors.push_back(std::max(0.0, product.row(o).dot(w.row(o)) - 2 * w.row(o).dot(cross.col(o)) +
                                       moments.target_power[static_cast<std::size_t>(o)]));
  return errors;
}

}  // namespace tinyc
