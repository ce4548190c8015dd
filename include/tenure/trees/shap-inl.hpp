#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/trees/shap.hpp"
#include "tenure/trees/shap_plan-inl.hpp"

namespace tenure::inline TENURE_ABI::trees {

TENURE_INLINE tree_explainer::tree_explainer(const tree_ensemble& model) : model_(model) {
  for (std::size_t t = 0; t < model.trees(); ++t)
    base_ += detail::node_sums(model, t).mean[0];
}

namespace detail {

/// Sums the quadrature points of `rows` rows of columns.
inline void add_points(const double* phi, std::size_t count, double* out) {
  for (std::size_t i = 0; i < count; ++i, phi += shap_points) {
    double sum = phi[0];
    for (std::size_t q = 1; q < shap_points; ++q)
      sum += phi[q];
    out[i] += sum;
  }
}

/// Moves the largest values to the front of `out`, in order; equal values by column.
inline void largest(const double* values, std::size_t columns, std::span<reason> out) {
  std::size_t kept = 0;
  for (std::uint32_t j = 0; j < columns; ++j) {
    if (kept == out.size() && (kept == 0 || values[j] <= out[kept - 1].value)) continue;
    std::size_t at = kept < out.size() ? kept++ : kept - 1;
    for (; at > 0 && out[at - 1].value < values[j]; --at)
      out[at] = out[at - 1];
    out[at] = {j, values[j]};
  }
}

}  // namespace detail

TENURE_INLINE matrix tree_explainer::explain(const table_view& x, const execution& run) const {
  const std::size_t p = model_.columns.size(), block = 64, blocks = (x.rows() + block - 1) / block;
  constexpr std::size_t room = std::size_t{64} << 20;  // bytes of plans at a time
  const auto codes = code_rows(model_, x, run);
  matrix out(x.rows(), p);
  for (std::size_t first = 0; first < model_.trees();) {
    // Plans of as many trees as there is room for, then every row down all of them.
    std::vector<detail::shap_plan> plans;
    for (std::size_t bytes = 0; first + plans.size() < model_.trees() && bytes < room;) {
      const std::size_t begin = plans.size(), count = std::min<std::size_t>(16, model_.trees() - first - begin);
      plans.resize(begin + count);
      parallel_for(count, {.threads = run.threads}, [&](std::size_t k) { plans[begin + k] = detail::shap_planner(model_, first + begin + k).plan(); });
      for (std::size_t k = begin; k < plans.size(); ++k)
        bytes += plans[k].bytes();
    }
    parallel_for(blocks, {.threads = run.threads}, [&](std::size_t b) {
      const std::size_t begin = b * block, count = std::min(block, x.rows() - begin);
      detail::shap_scratch scratch;
      std::vector<double> phi(count * p * detail::shap_points);
      for (std::size_t k = 0; k < plans.size(); ++k) {
        scratch.fit(plans[k]);
        scratch.walk(plans[k], model_, first + k, codes.data() + begin * p, count, phi.data());
      }
      detail::add_points(phi.data(), count * p, out.row(begin));
    });
    first += plans.size();
    run.report(static_cast<double>(first) / static_cast<double>(model_.trees()));
  }
  return out;
}

TENURE_INLINE std::vector<reason> tree_explainer::top_reasons(const table_view& x, std::size_t k, const execution& run) const {
  if (k == 0 || k > model_.columns.size()) throw invalid_input("k", "must lie between 1 and the number of columns", static_cast<double>(k));
  const matrix values = explain(x, run);
  std::vector<reason> out(x.rows() * k);
  for (std::size_t i = 0; i < x.rows(); ++i)
    detail::largest(values.row(i), values.cols(), {out.data() + i * k, k});
  return out;
}

struct row_explainer::state {
  explicit state(const tree_ensemble& from)
      : model(from), codes(from.columns.size()), phi(from.columns.size() * detail::shap_points), values(from.columns.size()) {
    for (std::size_t t = 0; t < model.trees(); ++t) {
      plans.push_back(detail::shap_planner(model, t).plan());
      scratch.fit(plans.back());
      base += plans.back().base;
    }
  }
  const tree_ensemble& model;
  std::vector<detail::shap_plan> plans;
  detail::shap_scratch scratch;
  std::vector<std::uint16_t> codes;
  std::vector<double> phi, values;
  double base = 0;
};

TENURE_INLINE row_explainer::row_explainer(const tree_ensemble& model) { state_.emplace_back(model); }
TENURE_INLINE row_explainer::~row_explainer() = default;
TENURE_INLINE row_explainer::row_explainer(row_explainer&&) noexcept = default;
TENURE_INLINE double row_explainer::base() const { return state_.front().base; }

TENURE_INLINE std::span<const double> row_explainer::explain(std::span<const double> row) {
  state& s = state_.front();
  const std::size_t p = s.model.columns.size();
  if (row.size() != p) throw invalid_input("row", "must have one value a column (" + std::to_string(p) + ")", static_cast<double>(row.size()));
  for (std::size_t j = 0; j < p; ++j)
    s.codes[j] = static_cast<std::uint16_t>(s.model.columns[j].code_of(row[j]));
  std::fill(s.phi.begin(), s.phi.end(), 0.0);
  for (std::size_t t = 0; t < s.plans.size(); ++t)
    s.scratch.walk(s.plans[t], s.model, t, s.codes.data(), 1, s.phi.data());
  std::fill(s.values.begin(), s.values.end(), 0.0);
  detail::add_points(s.phi.data(), p, s.values.data());
  return s.values;
}

TENURE_INLINE void row_explainer::top_reasons(std::span<const double> row, std::span<reason> out) {
  const auto values = explain(row);
  detail::largest(values.data(), values.size(), out.first(std::min(out.size(), values.size())));
}

namespace detail {

/// Interventional values of one tree for one pair of rows: a leaf counts when each of its path's columns is passed by the row or by the
/// background row. With a columns that only the row passes and b that only the background passes, each of the a gets v (a-1)! b! / (a+b)!,
/// each of the b loses v a! (b-1)! / (a+b)!.
class pair_walker {
 public:
  pair_walker(const tree_ensemble& model, std::size_t tree) : model_(model), tree_(tree), state_(model.columns.size()) {}

  void add(const std::uint16_t* row, const std::uint16_t* other, double scale, double* phi) {
    row_ = row;
    other_ = other;
    scale_ = scale;
    phi_ = phi;
    visit(0);
  }

 private:
  enum : std::uint8_t { unasked = 0, only_row = 1, only_other = 2 };

  void visit(std::size_t at) {
    const tree_node n = model_.node(model_.tree_begin[tree_] + at);
    if (n.leaf) return leaf(model_.values[n.right]);
    const bool row_left = model_.goes_left(tree_, n, row_[n.feature]), other_left = model_.goes_left(tree_, n, other_[n.feature]);
    const std::uint8_t known = state_[n.feature];
    if (row_left == other_left) return visit(row_left ? at + 1 : n.right);
    // The rows part ways here: whoever the column was taken from before decides, else both ways are possible.
    if (known == only_row) return visit(row_left ? at + 1 : n.right);
    if (known == only_other) return visit(other_left ? at + 1 : n.right);
    follow(n.feature, only_row, mine_, row_left ? at + 1 : n.right);
    follow(n.feature, only_other, theirs_, other_left ? at + 1 : n.right);
  }

  void follow(std::uint32_t feature, std::uint8_t side, std::vector<std::uint32_t>& list, std::size_t child) {
    state_[feature] = side;
    list.push_back(feature);
    visit(child);
    list.pop_back();
    state_[feature] = unasked;
  }

  void leaf(double value) {
    const auto a = static_cast<double>(mine_.size()), b = static_cast<double>(theirs_.size());
    if (a + b == 0) return;
    const double orders = std::lgamma(a + 1) + std::lgamma(b + 1) - std::lgamma(a + b + 1), all = std::exp(orders) * value * scale_;  // a! b! / (a+b)!
    for (const auto j : mine_)
      phi_[j] += all / a;
    for (const auto j : theirs_)
      phi_[j] -= all / b;
  }

  const tree_ensemble& model_;
  std::size_t tree_;
  std::vector<std::uint8_t> state_;
  std::vector<std::uint32_t> mine_, theirs_;
  const std::uint16_t *row_ = nullptr, *other_ = nullptr;
  double scale_ = 1;
  double* phi_ = nullptr;
};

}  // namespace detail

TENURE_INLINE matrix tree_explainer::explain_against(const table_view& x, const table_view& background, const execution& run) const {
  if (background.rows() == 0) throw invalid_input("background", "has no rows");
  const std::size_t p = model_.columns.size();
  const auto codes = code_rows(model_, x, run), others = code_rows(model_, background, run);
  matrix out(x.rows(), p);
  parallel_for(x.rows(), run, [&](std::size_t i) {
    for (std::size_t t = 0; t < model_.trees(); ++t) {
      detail::pair_walker walker(model_, t);
      for (std::size_t k = 0; k < background.rows(); ++k)
        walker.add(codes.data() + i * p, others.data() + k * p, 1 / static_cast<double>(background.rows()), out.row(i));
    }
  });
  return out;
}

}  // namespace tenure::inline TENURE_ABI::trees
