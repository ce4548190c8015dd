#pragma once

#include <cmath>
#include <vector>

#include "tenure/numeric/syrk.hpp"
#include "tenure/survival/cox_likelihood-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// The part of the likelihood that belongs to each row: score residuals and what they are made of, at the last `update`.
class cox_scores {
 public:
  explicit cox_scores(const cox_likelihood& likelihood, const execution& run) : l_(likelihood), s_(likelihood.stream()), run_{.threads = run.threads} {
    const std::size_t p = s_.cols, groups = s_.groups.size();
    s1_ = matrix(groups, p);
    cumulative_ = matrix(groups + 1, p);
    tied_.assign(groups, none);
    std::size_t tied_groups = 0;
    for (std::size_t k = 0; k < groups; ++k)
      if (l_.state().sums[k].relief > 0) tied_[k] = tied_groups++;
    d1_ = matrix(tied_groups, p);
    parallel_for(s_.chunks.size(), run_, [&](std::size_t c) {
      l_.walk_groups(c, [&](std::size_t k, const std::vector<double>& s1, const double* d1) {
        std::copy(s1.begin(), s1.end(), s1_.row(k));
        if (tied_[k] != none) std::copy(d1, d1 + p, d1_.row(tied_[k]));
      });
    });
    for (std::size_t k = groups; k-- > 0;) {
      const bool fresh = k + 1 == groups || s_.groups[k + 1].stratum != s_.groups[k].stratum;
      const group_sums& t = l_.state().sums[k];
      for (std::size_t j = 0; j < p; ++j)
        cumulative_(k, j) = (fresh ? 0.0 : cumulative_(k + 1, j)) + t.a * s1_(k, j) - (tied(k) ? t.b * tied(k)[j] : 0.0);
    }
  }

  /// Mean of the columns over a group's risk set (under Efron the average over its d risk sets).
  void risk_mean(std::size_t k, double* out) const {
    const event_group& g = s_.groups[k];
    const double* d1 = tied(k);
    double plain = 0, relieved = 0;
    const group_sums& t = l_.state().sums[k];
    if (d1) {
      const double each = g.weight / g.deaths;
      plain = t.hazard / each / g.deaths;
      relieved = t.relief / each / g.deaths;
    } else {
      plain = t.hazard / g.weight;
    }
    for (std::size_t j = 0; j < s_.cols; ++j)
      out[j] = plain * s1_(k, j) - (d1 ? relieved * d1[j] : 0.0);
  }

  /// Cumulated risk-set mean times hazard, from group k to the end of its stratum.
  const double* cumulated_mean(std::size_t k) const { return cumulative_.row(k); }

  /// Score residual of an exit item whose columns are x, unweighted: what the row adds to the gradient.
  void score(std::size_t item, const double* x, double* out) const {
    const std::size_t p = s_.cols, k = s_.group[item];
    const cox_state& state = l_.state();
    const double w = s_.weight_of(item), risk = w > 0 ? state.risk[item] / w : 0.0;
    const bool event = s_.kind[item] == event_exit;
    const std::size_t from = s_.late_entries ? s_.entry_group[item] : s_.groups.size();
    double hazard = state.cumulative[k] - state.cumulative[from];
    const bool relieved = event && tied(k);
    if (relieved) hazard -= state.sums[k].relief;
    if (event) risk_mean(k, out);
    const group_sums& t = state.sums[relieved ? k : 0];
    for (std::size_t j = 0; j < p; ++j) {
      double mean = cumulative_(k, j) - cumulative_(from, j);
      if (relieved) mean -= t.b * s1_(k, j) - t.c * tied(k)[j];
      out[j] = (event ? x[j] - out[j] : 0.0) - risk * (x[j] * hazard - mean);
    }
  }

  /// visit(item, x, score) for every exit item of a chunk.
  template <class Visit>
  void each(std::size_t c, Visit&& visit) const {
    const stream_chunk& chunk = s_.chunks[c];
    std::vector<double> x(s_.cols), score_of(s_.cols);
    for (std::size_t item = chunk.begin; item < chunk.end; ++item) {
      if (s_.kind[item] == entry_item) continue;
      const std::size_t local = item - chunk.begin;
      const numeric::column_block& block = chunk.blocks[local / s_.block];
      for (std::size_t j = 0; j < s_.cols; ++j)
        x[j] = block.column(j)[local % s_.block];
      score(item, x.data(), score_of.data());
      visit(item, x.data(), score_of.data());
    }
  }

  /// Weighted score residuals added up by cluster (codes by row; empty: each row alone): clusters x p.
  matrix by_cluster(const std::vector<std::uint32_t>& cluster) const {
    const std::size_t count = cluster.empty() ? s_.rows : *std::max_element(cluster.begin(), cluster.end()) + std::size_t{1};
    matrix sums(count, s_.cols);
    const auto add = [&](std::size_t c) {
      each(c, [&](std::size_t item, const double*, const double* u) {
        double* to = sums.row(cluster.empty() ? s_.row[item] : cluster[s_.row[item]]);
        const double w = s_.weight_of(item);
        for (std::size_t j = 0; j < s_.cols; ++j)
          to[j] += w * u[j];
      });
    };
    if (cluster.empty())
      parallel_for(s_.chunks.size(), run_, add);
    else
      for (std::size_t c = 0; c < s_.chunks.size(); ++c)
        add(c);
    return sums;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  const double* tied(std::size_t k) const { return k < tied_.size() && tied_[k] != none ? d1_.row(tied_[k]) : nullptr; }

  const cox_likelihood& l_;
  const cox_stream& s_;
  execution run_;
  matrix s1_, d1_, cumulative_;
  std::vector<std::size_t> tied_;
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
