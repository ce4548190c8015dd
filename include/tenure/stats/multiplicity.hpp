#pragma once

#include <vector>

#include "tenure/core/describe.hpp"
#include "tenure/core/views.hpp"

namespace tenure::inline TENURE_ABI::stats {

enum class p_adjustment : unsigned char { bonferroni, holm, hochberg, hommel, bh, by };

/// p-values adjusted for their number, in the order given: compare them with the error rate that the whole table may have.
///
/// bonferroni, holm (1979), hochberg (1988), hommel (1988) bound the chance of any false finding; bh (Benjamini and Hochberg 1995) and
/// by (Benjamini and Yekutieli 2001, under any dependence) the expected share of false findings. NaN stays NaN and is not counted.
/// O(n log n), hommel O(n^2). Matches: R p.adjust. Errors: invalid_input with the row for a value outside [0, 1].
std::vector<double> adjust_p(column_view<double> p, p_adjustment method = p_adjustment::bh);

}  // namespace tenure::inline TENURE_ABI::stats

template <>
struct tenure::enum_names<tenure::stats::p_adjustment> {
  static constexpr const char* values[] = {"bonferroni", "holm", "hochberg", "hommel", "bh", "by"};
};

#ifndef TENURE_COMPILED
#include "tenure/stats/multiplicity-inl.hpp"
#endif
