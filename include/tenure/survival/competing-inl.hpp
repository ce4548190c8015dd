#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "tenure/numeric/distributions.hpp"
#include "tenure/numeric/linear.hpp"
#include "tenure/survival/competing.hpp"
#include "tenure/survival/curve.hpp"
#include "tenure/survival/fine_gray-inl.hpp"

namespace tenure::inline TENURE_ABI::survival {

TENURE_INLINE void incidence_curve::check() const {
  const std::size_t n = time.size();
  for (const auto* column : {&n_risk, &n_censor, &survival, &survival_variance})
    if (column->size() != n) throw bad_file("incidence: columns of different lengths");
  for (const auto* m : {&n_event, &incidence, &variance})
    if (m->rows() != n || m->cols() != incidence.cols()) throw bad_file("incidence: matrices of different sizes");
  for (std::size_t i = 0; i < n; ++i)
    if (!std::isfinite(time[i]) || (i > 0 && !(time[i] > time[i - 1]))) throw bad_file("incidence: times must ascend");
}

TENURE_INLINE void aalen_johansen_model::check() const {
  if (groups.size() != curves.size() || curves.empty()) throw bad_file("incidence: one name a curve is needed");
  for (const auto& c : curves)
    if (c.incidence.cols() != curves[0].incidence.cols() || c.incidence.cols() == 0) throw bad_file("incidence: the same causes in every group are needed");
}

namespace detail {

// With h_k = d_k / n and F = sum S(u-) h_1, a change of h_1 at u moves F(t) by a_1(u) + b(u) F(t), a change of another h_k by a_2(u) + b(u) F(t):
//   b = -1 / (1 - h),  a_2 = F(u) / (1 - h),  a_1 = S(u-) + a_2
// so that all variances are quadratic in F(t) with running sums as coefficients.
struct incidence_moves {
  double before, a1, a2, b;
};

inline void fill_variance(const event_table& table, const std::vector<double>& risk, std::size_t cause, incidence_variance kind, incidence_curve& c) {
  const auto causes = static_cast<std::size_t>(table.causes);
  double constant = 0, linear = 0, square = 0;  // of sum (p + q F(t))^2 over what has happened
  double a_sum = 0, b_sum = 0;                  // drift of those still at risk (jackknife)
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double n = risk[i], all = table.events_at(i), d = table.events[i * causes + cause], other = all - d;
    const double before = i == 0 ? 1.0 : c.survival[i - 1], f = c.incidence(i, cause);
    const double left = n > 0 ? 1 - all / n : 1.0;
    const double b = left > 1e-12 ? -1 / left : 0.0, a2 = -f * b, a1 = before + a2;
    const auto add = [&](double count, double p, double q) {
      constant += count * p * p;
      linear += count * p * q;
      square += count * q * q;
    };
    if (kind == incidence_variance::aalen) {
      const auto tie = [n](double deaths) { return deaths > 1 ? 1 - (deaths - 1) / (n - 1) : 1.0; };
      if (d > 0) add(tie(d) * d / (n * n), a1, b);
      if (other > 0 && b != 0) add(tie(other) * other / (n * n), a2, b);
      // F(t) moves with b S(u-): scale by S before
      c.variance(i, cause) = std::max(0.0, constant + 2 * linear * f + square * f * f);
      continue;
    }
    if (n > 0) {
      a_sum += (a1 * d + a2 * other) / (n * n);
      b_sum += b * all / (n * n);
    }
    if (d > 0) add(d, a1 / n - a_sum, b / n - b_sum);
    if (other > 0) add(other, a2 / n - a_sum, b / n - b_sum);
    if (table.censored[i] > 0) add(table.censored[i], -a_sum, -b_sum);
    const double staying = n - all - table.censored[i], still = a_sum + b_sum * f;
    c.variance(i, cause) = std::max(0.0, constant + 2 * linear * f + square * f * f + std::max(0.0, staying) * still * still);
    if (cause == 0) c.survival_variance[i] = c.survival[i] * c.survival[i] * std::max(0.0, square + std::max(0.0, staying) * b_sum * b_sum);
  }
}

}  // namespace detail

TENURE_INLINE incidence_curve aalen_johansen(const event_table& table, incidence_variance variance) {
  if (variance == incidence_variance::jackknife && !table.entry_time.empty())
    throw not_supported("jackknife variance with late entries: use the variance 'aalen'");
  const auto causes = static_cast<std::size_t>(table.causes);
  incidence_curve c;
  c.time = table.time;
  c.n_risk = table.at_risk();
  c.n_censor = table.censored;
  c.n_event = matrix(table.size(), causes, table.events);
  c.incidence = c.variance = matrix(table.size(), causes);
  c.survival.resize(table.size());
  c.survival_variance.resize(table.size());
  double survival = 1, greenwood = 0;
  std::vector<double> f(causes, 0.0);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double n = c.n_risk[i], d = table.events_at(i);
    for (std::size_t k = 0; k < causes && d > 0; ++k)
      f[k] += survival * table.events[i * causes + k] / n;
    if (d > 0) {
      const double left = n - d;
      greenwood = left > 1e-12 * n ? greenwood + d / (n * left) : 0.0;
      survival = left > 1e-12 * n ? survival * left / n : 0.0;
    }
    c.survival[i] = survival;
    c.survival_variance[i] = survival * survival * greenwood;
    std::copy(f.begin(), f.end(), c.incidence.row(i));
  }
  for (std::size_t k = 0; k < causes; ++k)
    detail::fill_variance(table, c.n_risk, k, variance, c);
  return c;
}

TENURE_INLINE std::vector<double> mean_time_in_state(const incidence_curve& c, double tau, double start) {
  if (!(start >= 0 && tau > start && std::isfinite(tau))) throw invalid_input("tau", "must be above start, and start >= 0", tau);
  const std::size_t causes = c.incidence.cols();
  std::vector<double> area(causes + 1, 0.0);
  double from = start;
  for (std::size_t i = 0; i <= c.time.size(); ++i) {
    const double to = i < c.time.size() ? std::clamp(c.time[i], start, tau) : tau;
    area[0] += (i == 0 ? 1.0 : c.survival[i - 1]) * (to - from);
    for (std::size_t k = 0; k < causes && i > 0; ++k)
      area[k + 1] += c.incidence(i - 1, k) * (to - from);
    from = to;
  }
  return area;
}

TENURE_INLINE aalen_johansen_model fit_aalen_johansen(const outcome& y, int causes, const numeric_column& group, const std::vector<std::string>& groups,
                                                      double level, incidence_variance variance, const execution& run) {
  if (groups.empty()) throw invalid_input("groups", "must name at least one group");
  if (!strictly_between(0, 1).contains(level)) throw invalid_input("level", "must be in (0, 1)", level);
  event_counts counts(groups.size(), causes);
  counts.add(y, group, run);
  aalen_johansen_model model{level, groups, {}};
  for (const event_table& table : std::move(counts).finish())
    model.curves.push_back(aalen_johansen(table, variance));
  return model;
}

namespace detail {

/// One group's running state in Gray's test.
struct gray_group {
  double risk = 0, survival = 1, survival_next = 1, incidence = 0, incidence_next = 0;
  double d1 = 0, d2 = 0;
  std::size_t at = 0;
};

}  // namespace detail

TENURE_INLINE gray_result gray_test(const std::vector<event_table>& tables, int cause) {
  const std::size_t groups = tables.size();
  if (groups < 2) throw invalid_input("group", "must have at least two groups", static_cast<double>(groups));
  std::vector<detail::gray_group> g(groups);
  std::vector<std::vector<double>> risk(groups);
  for (std::size_t k = 0; k < groups; ++k) {
    if (cause < 1 || cause > tables[k].causes) throw invalid_input("cause", "must be one of the causes", cause);
    if (!tables[k].entry_time.empty()) throw not_supported("Gray's test with late entries");
    risk[k] = tables[k].at_risk();
  }
  std::vector<double> score(groups, 0.0), v3(groups, 0.0);
  matrix a(groups, groups), c(groups, groups), v(groups, groups), v2(groups, groups);
  double pooled = 0;
  for (;;) {
    double t = detail::infinity;
    for (std::size_t k = 0; k < groups; ++k)
      if (g[k].at < tables[k].size()) t = std::min(t, tables[k].time[g[k].at]);
    if (t == detail::infinity) break;
    double d1 = 0, d2 = 0, r = 0, q = 0;  // r = sum n / S, q = sum n (1 - F) / S
    for (std::size_t k = 0; k < groups; ++k) {
      detail::gray_group& s = g[k];
      const event_table& table = tables[k];
      const bool here = s.at < table.size() && table.time[s.at] == t;
      s.risk = s.at < table.size() ? risk[k][s.at] : 0.0;
      s.d1 = here ? table.events[s.at * static_cast<std::size_t>(table.causes) + static_cast<std::size_t>(cause) - 1] : 0.0;
      s.d2 = here ? table.events_at(s.at) - s.d1 : 0.0;
      s.survival_next = s.survival;
      s.incidence_next = s.incidence;
      if (s.risk > 0) {
        s.survival_next = s.survival * (s.risk - s.d1 - s.d2) / s.risk;
        s.incidence_next = s.incidence + s.survival * s.d1 / s.risk;
        r += s.risk / s.survival;
        q += s.risk * (1 - s.incidence) / s.survival;
      }
      d1 += s.d1;
      d2 += s.d2;
      s.at += here;
    }
    if (d1 + d2 > 0) {
      const double next = pooled + d1 / r;
      for (std::size_t i = 0; i < groups; ++i)
        for (std::size_t j = 0; j < groups; ++j) {
          const bool both = g[i].risk > 0 && g[j].risk > 0;
          const double ti = both ? g[i].risk / g[i].survival : 0.0, tj = both ? g[j].risk / g[j].survival : 0.0;
          a(i, j) = both ? (i == j ? ti : 0.0) - ti * tj / r : 0.0;
          c(i, j) += a(i, j) * d1 / (r * (1 - pooled));
        }
      for (std::size_t i = 0; i < groups; ++i)
        if (g[i].risk > 0) score[i] += g[i].d1 - d1 * g[i].risk * (1 - g[i].incidence) / (g[i].survival * q);
      for (std::size_t k = 0; k < groups && d1 > 0; ++k) {
        const detail::gray_group& s = g[k];
        if (!(s.risk > 0)) continue;
        const double t4 = s.survival_next > 0 ? 1 - (1 - next) / s.survival_next : 1.0;
        const double t5 = d1 > 1 ? 1 - (d1 - 1) / (r * s.survival - 1) : 1.0;
        const double t3 = t5 * s.survival * d1 / (r * s.risk);
        v3[k] += t4 * t4 * t3;
        for (std::size_t i = 0; i < groups; ++i) {
          const double t1 = a(i, k) - t4 * c(i, k);
          v2(i, k) += t1 * t4 * t3;
          for (std::size_t j = 0; j < groups; ++j)
            v(i, j) += t1 * (a(j, k) - t4 * c(j, k)) * t3;
        }
      }
      for (std::size_t k = 0; k < groups && d2 > 0; ++k) {
        const detail::gray_group& s = g[k];
        if (!(s.survival_next > 0) || !(s.d2 > 0)) continue;
        const double t4 = (1 - next) / s.survival_next;
        const double t5 = s.d2 > 1 ? 1 - (s.d2 - 1) / (s.risk - 1) : 1.0;
        const double t3 = t5 * s.survival * s.survival * s.d2 / (s.risk * s.risk);
        v3[k] += t4 * t4 * t3;
        for (std::size_t i = 0; i < groups; ++i) {
          const double t1 = t4 * c(i, k);
          v2(i, k) -= t1 * t4 * t3;
          for (std::size_t j = 0; j < groups; ++j)
            v(i, j) += t1 * t4 * c(j, k) * t3;
        }
      }
      pooled = next;
    }
    for (detail::gray_group& s : g) {
      s.survival = s.survival_next;
      s.incidence = s.incidence_next;
    }
  }
  const std::size_t used = groups - 1;
  matrix variance(used, used);
  for (std::size_t i = 0; i < used; ++i)
    for (std::size_t j = 0; j < used; ++j) {
      variance(i, j) = v(i, j);
      for (std::size_t k = 0; k < groups; ++k)
        variance(i, j) += c(i, k) * c(j, k) * v3[k] + c(i, k) * v2(j, k) + c(j, k) * v2(i, k);
    }
  score.pop_back();
  const auto factor = numeric::cholesky(variance, 1e-12);
  if (!factor.regular()) throw invalid_input("event", "leaves nothing to compare: some group has no event of the cause at all");
  const std::vector<double> x = factor.solve(score);
  gray_result out{0, static_cast<int>(used), 1};
  for (std::size_t i = 0; i < used; ++i)
    out.statistic += score[i] * x[i];
  out.p_value = numeric::chi_squared_sf(out.statistic, out.dof);
  return out;
}

}  // namespace tenure::inline TENURE_ABI::survival
