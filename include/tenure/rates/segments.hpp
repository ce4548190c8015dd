#pragma once

#include <cstdint>
#include <vector>

#include "tenure/core/views.hpp"
#include "tenure/rates/churn_rate.hpp"
#include "tenure/stats/multiplicity.hpp"

namespace tenure::inline TENURE_ABI::rates {

struct segment_options {
  double level = 0.95;
  stats::proportion_method method = stats::proportion_method::wilson;
  stats::p_adjustment adjust = stats::p_adjustment::bh;  // of the p-values, over all segments

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("level", self.level, strictly_between(0, 1), "level of all intervals");
    visit("method", self.method, "interval of a segment's rate");
    visit("adjust", self.adjust, "adjustment of the p-values over all segments");
  }
};

/// Customers, losses and lost amounts by segment code: the mergeable part of rates_by.
class segment_statistic {
 public:
  explicit segment_statistic(std::size_t segments) : customers_(segments), lost_(segments), amount_(segments) {}

  /// `segment`: codes 0 ... segments - 1, negative or NaN = unknown (left out and counted); `churned`: 0 or 1; `amount`: what each row's
  /// loss is worth (empty: nothing).
  void add(numeric_column segment, numeric_column churned, numeric_column amount = {});
  void merge(const segment_statistic& other);

  const std::vector<double>& customers() const { return customers_; }
  const std::vector<double>& lost() const { return lost_; }
  const std::vector<double>& amount() const { return amount_; }
  std::int64_t left_out() const { return left_out_; }

 private:
  std::vector<double> customers_, lost_, amount_;
  std::int64_t left_out_ = 0;
};

struct segment_row {
  double customers = 0, lost = 0, rate = 0, lower = 0, upper = 0;
  double rest_rate = 0, difference = 0, difference_lower = 0, difference_upper = 0, ratio = 0, p_value = 1, q_value = 1;
  double shrunk = 0, shrunk_lower = 0, shrunk_upper = 0;
  double share_of_customers = 0, share_of_lost = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("customers", self.customers, "customers of the segment");
    visit("lost", self.lost, "those who left");
    visit("rate", self.rate, "lost / customers");
    visit("lower", self.lower, "lower confidence bound");
    visit("upper", self.upper, "upper confidence bound");
    visit("rest_rate", self.rest_rate, "rate of all other segments together");
    visit("difference", self.difference, "rate - rest_rate");
    visit("difference_lower", self.difference_lower, "lower bound of the difference (Newcombe)");
    visit("difference_upper", self.difference_upper, "upper bound of the difference");
    visit("ratio", self.ratio, "rate / rest_rate");
    visit("p_value", self.p_value, "of no difference from the rest");
    visit("q_value", self.q_value, "adjusted for the number of segments");
    visit("shrunk", self.shrunk, "empirical-Bayes rate: small segments are drawn towards the mean of all");
    visit("shrunk_lower", self.shrunk_lower, "lower credible bound of it");
    visit("shrunk_upper", self.shrunk_upper, "upper credible bound of it");
    visit("share_of_customers", self.share_of_customers, "customers / all customers");
    visit("share_of_lost", self.share_of_lost, "lost / all lost");
  }
};

/// How rates vary between segments: beta(alpha, beta), by maximum likelihood. An infinite alpha + beta means that they do not vary beyond chance.
struct beta_prior {
  double mean = 0;
  double size = 0;

  double alpha() const { return mean * size; }
  double beta() const { return (1 - mean) * size; }

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("mean", self.mean, "mean rate of a segment");
    visit("size", self.size, "how many customers the prior weighs; infinite when segments do not differ beyond chance");
  }
};

struct segment_result {
  std::vector<segment_row> segments;
  double customers = 0, lost = 0, rate = 0;
  beta_prior prior;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("segments", self.segments, "one row a segment, in the order given");
    visit("customers", self.customers, "all customers");
    visit("lost", self.lost, "all lost customers");
    visit("rate", self.rate, "overall rate");
    visit("prior", self.prior, "the fitted distribution of segment rates");
  }
};

/// Maximum likelihood beta-binomial prior of segment rates. Matches: scipy betabinom likelihood maximised (tests/reference/rates).
beta_prior fit_beta_prior(column_view<double> lost, column_view<double> customers);

/// Churn rate of every segment: interval, comparison with the rest (Newcombe, chi-squared or Fisher), p-values adjusted over the table, and
/// the empirical-Bayes rate (lost + alpha) / (customers + alpha + beta). The rest is empty for a single segment: comparisons are NaN.
/// Errors: invalid_input with the row for a segment without customers, or lost outside [0, customers].
segment_result rates_by(column_view<double> lost, column_view<double> customers, const segment_options& options = {});

}  // namespace tenure::inline TENURE_ABI::rates

#ifndef TENURE_COMPILED
#include "tenure/rates/segments-inl.hpp"
#endif
