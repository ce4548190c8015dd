#pragma once

#include "tenure/numeric/distributions.hpp"
#include "tenure/rates/churn_rate-inl.hpp"
#include "tenure/rates/reasons.hpp"
#include "tenure/stats/multiplicity.hpp"

namespace tenure::inline TENURE_ABI::rates {

TENURE_INLINE reason_result reason_shares(column_view<double> counts, double lost, const reason_options& options) {
  validate(options);
  if (!(lost > 0) || std::isinf(lost)) throw invalid_input("lost", "must be a finite count > 0", lost);
  reason_result r;
  r.lost = lost;
  const auto row = [&](double count) {
    const auto ci = stats::proportion_ci(count, lost, options.level, options.method);
    return reason_row{count, count / lost, ci.lower, ci.upper};
  };
  double sum = 0, most = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!(counts[i] >= 0 && counts[i] <= lost)) throw invalid_input("counts", "must be in [0, lost = " + format_number(lost) + "]", counts[i], i);
    sum += counts[i];
    most = std::max(most, counts[i]);
    r.reasons.push_back(row(counts[i]));
  }
  r.answered = options.answered < 0 ? sum : options.answered;
  if (!options.several_answers) {
    if (sum > lost * (1 + 1e-9)) throw invalid_input("counts", "must not add up to more than lost = " + format_number(lost) + " unless several_answers", sum);
    if (std::abs(r.answered - sum) > 1e-9 * lost)
      throw invalid_input("answered", "must be the sum of the counts, " + format_number(sum) + ", unless several_answers", r.answered);
  } else {
    if (options.answered < 0) throw invalid_input("answered", "must be given with several_answers: the counts do not tell how many customers answered");
    if (r.answered > lost || r.answered < most || r.answered > sum)
      throw invalid_input("answered", "must be at least the largest count and at most lost and the sum of the counts", r.answered);
    r.notes.push_back({"several_answers", "customers may name several reasons: shares add up to more than 100%", false});
  }
  r.unstated = row(std::max(0.0, lost - r.answered));
  if (r.unstated.count > 0)
    r.notes.push_back(
        {"unstated", detail::percent(r.unstated.share) + " of the lost customers named no reason; shares are of all lost customers and not rescaled", false});
  return r;
}

TENURE_INLINE reason_change_result reason_change(const reason_result& now, const reason_result& before, const reason_options& options) {
  validate(options);
  const std::size_t n = now.reasons.size();
  if (before.reasons.size() != n) throw invalid_input("before", "must list the same reasons in the same order");
  const auto compare = [&](const reason_row& a, const reason_row& b) {
    const auto ci = stats::difference_ci(a.count, now.lost, b.count, before.lost, options.level);
    return reason_change_row{b.share, a.share, a.share - b.share, ci.lower, ci.upper, stats::difference_p(a.count, now.lost, b.count, before.lost), 1};
  };
  reason_change_result r;
  std::vector<double> p;
  for (std::size_t i = 0; i < n; ++i) {
    r.reasons.push_back(compare(now.reasons[i], before.reasons[i]));
    p.push_back(r.reasons.back().p_value);
  }
  r.unstated = compare(now.unstated, before.unstated);
  p.push_back(r.unstated.p_value);
  const auto q = stats::adjust_p(p);
  for (std::size_t i = 0; i < n; ++i)
    r.reasons[i].q_value = q[i];
  r.unstated.q_value = q[n];
  if (options.several_answers) {
    r.statistic = r.dof = r.p_value = detail::nan;
    return r;
  }
  const double total = now.lost + before.lost;
  std::size_t kinds = 0;
  const auto cell = [&](const reason_row& a, const reason_row& b) {
    const double both = a.count + b.count;
    if (both == 0) return;
    ++kinds;
    const double e1 = both * now.lost / total, e0 = both * before.lost / total;
    r.statistic += (a.count - e1) * (a.count - e1) / e1 + (b.count - e0) * (b.count - e0) / e0;
  };
  for (std::size_t i = 0; i < n; ++i)
    cell(now.reasons[i], before.reasons[i]);
  cell(now.unstated, before.unstated);
  r.dof = kinds > 0 ? static_cast<double>(kinds - 1) : 0;
  r.p_value = r.dof > 0 ? numeric::chi_squared_sf(r.statistic, r.dof) : 1;
  return r;
}

}  // namespace tenure::inline TENURE_ABI::rates
