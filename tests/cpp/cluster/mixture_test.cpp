#include "tenure/cluster/mixture.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "reference.hpp"
#include "tenure/core/random.hpp"
#include "tenure/io/model_file.hpp"

namespace {

using namespace tenure;
using namespace tenure::cluster;

mixture_parameters start_of(const reference::json& file) {
  mixture_parameters p;
  p.weights = file["weights"].numbers();
  const auto fill = [](const reference::json& rows) {
    matrix m(rows.list.size(), rows[0].list.size());
    for (std::size_t i = 0; i < m.rows(); ++i)
      for (std::size_t j = 0; j < m.cols(); ++j)
        m(i, j) = rows[i][j].number;
    return m;
  };
  p.means = fill(file["means"]);
  for (const auto& c : file["covariances"].list)
    p.covariances.push_back(fill(c));
  return p;
}

double total(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values)
    sum += v;
  return sum;
}

TEST(Mixture, FollowsTheReferencePathOfTheLikelihood) {
  for (const auto& name : reference::data_sets()) {
    const auto file = reference::load("clustering_" + name + ".json");
    const matrix x = reference::load_rows(name);
    const auto& expected = file["gmm"];
    for (const int steps : {1, 2, 5, 10, 50, 200}) {
      const auto model = fit_mixture(x, {}, {.components = 3, .max_iterations = steps, .tolerance = 0, .regularisation = 0}, start_of(expected["start"]));
      const double wanted = expected["loglik_after_m_steps"][std::to_string(steps)].number;
      EXPECT_NEAR(total(mixture_densities(model, x).log_density), wanted, 1e-9 * std::abs(wanted)) << name << steps;
      if (steps < 200) continue;
      for (std::size_t c = 0; c < 3; ++c) {
        EXPECT_NEAR(model.parameters.weights[c], expected["weights"][c].number, 1e-9);
        for (std::size_t j = 0; j < x.cols(); ++j) {
          EXPECT_NEAR(model.parameters.means(c, j), expected["means"][c][j].number, 1e-8);
          for (std::size_t m = 0; m < x.cols(); ++m)
            EXPECT_NEAR(model.parameters.covariances[c](j, m), expected["covariances"][c][j][m].number, 1e-8);
        }
      }
      EXPECT_NEAR(-2 * wanted + std::log(static_cast<double>(x.rows())) * mixture_degrees(model), expected["bic"].number, 1e-6);
    }
  }
}

TEST(Mixture, OneComponentIsTheSampleMomentsInEveryForm) {
  const matrix x = reference::load_rows("iris");
  double mean[4] = {}, cov[4][4] = {};
  for (std::size_t i = 0; i < 150; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      mean[j] += x(i, j) / 150;
  for (std::size_t i = 0; i < 150; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      for (std::size_t m = 0; m < 4; ++m)
        cov[j][m] += (x(i, j) - mean[j]) * (x(i, m) - mean[m]) / 150;
  for (const auto type : {covariance_type::full, covariance_type::tied, covariance_type::diag, covariance_type::spherical}) {
    const auto p = fit_mixture(x, {}, {.covariance = type, .regularisation = 0}).parameters;
    double mean_variance = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      EXPECT_NEAR(p.means(0, j), mean[j], 1e-12);
      mean_variance += cov[j][j] / 4;
      if (type == covariance_type::diag) {
        EXPECT_NEAR(p.covariances[0](0, j), cov[j][j], 1e-12);
      } else if (type != covariance_type::spherical) {
        for (std::size_t m = 0; m < 4; ++m)
          EXPECT_NEAR(p.covariances[0](j, m), cov[j][m], 1e-12);
      }
    }
    if (type == covariance_type::spherical) {
      EXPECT_NEAR(p.covariances[0](0, 0), mean_variance, 1e-12);
    }
  }
}

TEST(Mixture, TheLikelihoodNeverFallsAndThreadsDoNotMatter) {
  const matrix x = reference::load_rows("mix3");
  for (const auto type : {covariance_type::full, covariance_type::tied, covariance_type::diag, covariance_type::spherical}) {
    double before = -std::numeric_limits<double>::infinity();
    for (const int steps : {1, 2, 4, 8, 16}) {
      const mixture_options options{.components = 4, .covariance = type, .max_iterations = steps, .tolerance = 0, .regularisation = 0, .seed = 3};
      const auto model = fit_mixture(x, {}, options);
      EXPECT_GE(model.log_likelihood, before - 1e-12);
      before = model.log_likelihood;
      EXPECT_EQ(fit_mixture(x, {}, options, {}, {.threads = 3}), model);
      EXPECT_EQ(io::from_bytes<mixture_model>(io::to_bytes(model)), model);
    }
  }
}

TEST(Mixture, FarFromTheOriginLosesNothing) {
  const matrix x = reference::load_rows("iris");
  matrix far = x;
  for (std::size_t i = 0; i < far.rows(); ++i)
    for (std::size_t j = 0; j < far.cols(); ++j)
      far(i, j) = x(i, j) + 1048576.0;
  const mixture_options options{.components = 2, .tolerance = 0, .regularisation = 0, .seed = 1};
  const auto near_fit = fit_mixture(x, {}, options), far_fit = fit_mixture(far, {}, options);
  EXPECT_NEAR(far_fit.log_likelihood, near_fit.log_likelihood, 1e-6);
}

TEST(Mixture, AWeightOfTwoIsTwoRows) {
  const matrix x = reference::load_rows("moons");
  std::vector<double> weight(x.rows()), values;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    weight[i] = static_cast<double>(i % 3);
    for (std::size_t r = 0; r < i % 3; ++r)
      values.insert(values.end(), x.row(i), x.row(i) + 2);
  }
  const std::size_t rows = values.size() / 2;
  const auto a = fit_mixture(x, weight, {.components = 3, .seed = 2}), b = fit_mixture(matrix(rows, 2, std::move(values)), {}, {.components = 3, .seed = 2});
  EXPECT_NEAR(a.log_likelihood, b.log_likelihood, 1e-10);
}

TEST(Mixture, SharesSumToOneAndFarRowsHaveADensity) {
  const auto model = fit_mixture(reference::load_rows("mix3"), {}, {.components = 3, .seed = 1});
  const auto density = mixture_densities(model, matrix(2, 3, {0, 0, 0, 1e6, -1e6, 1e6}));
  for (std::size_t i = 0; i < 2; ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < 3; ++c)
      sum += density.responsibilities(i, c);
    EXPECT_NEAR(sum, 1, 1e-14);
    EXPECT_TRUE(std::isfinite(density.log_density[i]));
  }
  EXPECT_LT(density.log_density[1], -1e9);
}

TEST(Mixture, AStepOverAnySplitIsTheStep) {
  const matrix x = reference::load_rows("mix3");
  const table_view table(x);
  std::vector<double> weight(x.rows());
  for (std::size_t i = 0; i < weight.size(); ++i)
    weight[i] = static_cast<double>(1 + i % 4);
  const numeric_column w(weight);
  for (const auto type : {covariance_type::full, covariance_type::tied, covariance_type::diag, covariance_type::spherical}) {
    mixture_options options{.components = 3, .covariance = type, .max_iterations = 1, .tolerance = 0, .seed = 5};
    const auto start = fit_mixture(x, weight, options);
    const auto expected = fit_mixture(x, weight, options, start.parameters);
    for (const auto& cuts : {std::vector<std::size_t>{0, 300}, std::vector<std::size_t>{0, 1, 2, 150, 300}, std::vector<std::size_t>{0, 7, 7, 299, 300}}) {
      mixture_pass forward(start), left(start), right(start);
      for (std::size_t c = 0; c + 1 < cuts.size(); ++c) {
        const auto rows = table.slice(cuts[c], cuts[c + 1]);
        const auto weights = w.slice(cuts[c], cuts[c + 1]);
        forward.add(rows, weights, {.threads = 2});
        (c % 2 ? left : right).add(rows, weights);
      }
      right.merge(left);
      for (const auto& model : {forward.finish(), right.finish()}) {
        EXPECT_NEAR(model.log_likelihood, expected.log_likelihood, 1e-12);
        EXPECT_EQ(model.iterations, start.iterations + 1);
        for (std::size_t c = 0; c < 3; ++c) {
          EXPECT_NEAR(model.parameters.weights[c], expected.parameters.weights[c], 1e-13);
          for (std::size_t j = 0; j < x.cols(); ++j)
            EXPECT_NEAR(model.parameters.means(c, j), expected.parameters.means(c, j), 1e-11);
        }
        for (std::size_t m = 0; m < expected.parameters.covariances.size(); ++m)
          for (std::size_t i = 0; i < expected.parameters.covariances[m].values().size(); ++i)
            EXPECT_NEAR(model.parameters.covariances[m].values()[i], expected.parameters.covariances[m].values()[i], 1e-11);
      }
    }
  }
  mixture_pass empty(fit_mixture(x)), other(fit_mixture(x, {}, {.components = 2}));
  EXPECT_THROW(empty.finish(), invalid_input);
  EXPECT_THROW(empty.merge(other), invalid_input);
  EXPECT_THROW(empty.add(matrix(1, 3, {0, std::nan(""), 0})), invalid_input);
}

TEST(Mixture, BadInputAndCollapse) {
  const matrix x(3, 1, {1, 1, 1});
  EXPECT_THROW(fit_mixture(x, {}, {.components = 4}), invalid_input);
  EXPECT_THROW(fit_mixture(x, {}, {.components = 1, .regularisation = 0}), numeric_failure);
  EXPECT_NO_THROW(fit_mixture(x, {}, {.components = 2}));
  EXPECT_THROW(fit_mixture(x, {}, {.components = 1}, {{1.0}, matrix(1, 2), {matrix(1, 1)}}), invalid_input);
  auto model = fit_mixture(x);
  model.parameters.covariances[0](0, 0) = -1;
  EXPECT_THROW(io::from_bytes<mixture_model>(io::to_bytes(model)), bad_file);
}

}  // namespace
