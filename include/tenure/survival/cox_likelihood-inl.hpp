#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "tenure/numeric/elementary.hpp"
#include "tenure/survival/cox_groups-inl.hpp"
#include "tenure/survival/cox_stream-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

class cox_likelihood {
 public:
  cox_likelihood(const cox_stream& stream, bool efron, const execution& run) : s_(stream), efron_(efron), run_{.threads = run.threads} {
    state_.risk.resize(s_.items());
    state_.sums.resize(s_.groups.size());
    state_.cumulative.resize(s_.groups.size() + 1);
    all_columns_ = positions(std::vector<char>(s_.cols, 1));
  }

  const cox_state& state() const { return state_; }
  const cox_stream& stream() const { return s_; }

  /// Log likelihood, gradient and information (in scaled columns) at `beta`.
  cox_evaluation evaluate(const std::vector<double>& beta) {
    cox_evaluation out;
    out.log_likelihood = update(beta);
    accumulate({}, out);
    return out;
  }

  /// Risks, group sums and cumulative hazards at `beta`; returns the log likelihood. Without `means` only `gradient` may follow.
  double update(const std::vector<double>& beta, bool means = true) {
    means_ = means;
    residual_.clear();
    const std::size_t chunks = s_.chunks.size();
    for (double shift = state_.shift;; shift = state_.shift) {
      chunk_.assign(chunks, {});
      parallel_for(chunks, run_, [&](std::size_t c) { risks(c, beta); });
      double largest = -infinity;
      for (const auto& t : chunk_)
        largest = std::max(largest, t.largest);
      state_.shift = std::isfinite(largest) && std::abs(largest) > 100 ? largest : 0.0;  // only far out would exp overflow or vanish
      if (state_.shift == shift) break;
    }
    carry_forward();
    parallel_for(chunks, s_.items() < 65536 ? execution{} : run_, [&](std::size_t c) { sum_groups(c); });  // a few rows cost less than a thread
    double log_likelihood = 0;
    for (const auto& t : chunk_)
      log_likelihood += t.log_likelihood;
    accumulate_hazard({}, state_.cumulative);
    return log_likelihood;
  }

  /// Gradient and information of the last `update`, groups weighted by `g` (empty: 1).
  void accumulate(const group_weights& g, cox_evaluation& out) {
    std::vector<double> weighted;
    if (!g.empty()) {
      weighted.resize(s_.groups.size() + 1);
      accumulate_hazard(g, weighted);
    }
    const std::vector<double>& cumulative = g.empty() ? state_.cumulative : weighted;
    const std::size_t p = s_.cols;
    struct partial {
      std::vector<double> gradient;
      matrix information;
    };
    std::vector<partial> parts(s_.chunks.size());
    parallel_for(s_.chunks.size(), run_, [&](std::size_t c) { second_order(c, g, cumulative, parts[c].gradient, parts[c].information); });
    out.gradient.assign(p, 0);
    out.information = matrix(p, p);
    for (const auto& part : parts) {
      for (std::size_t j = 0; j < p; ++j)
        out.gradient[j] += part.gradient[j];
      for (std::size_t j = 0; j < p * p; ++j)
        out.information.data()[j] += part.information.values()[j];
    }
  }

  /// Gradient of the last `update` in the columns with a flag.
  std::vector<double> gradient(const std::vector<char>& wanted) {
    const std::vector<std::uint32_t> columns = positions(wanted);
    const bool known = !residual_.empty();
    residual_.resize(s_.items());
    std::vector<std::vector<double>> parts(s_.chunks.size());
    parallel_for(s_.chunks.size(), run_, [&](std::size_t c) {
      const stream_chunk& chunk = s_.chunks[c];
      parts[c].assign(8 * columns.size(), 0.0);
      for (std::size_t item = chunk.begin; item < (known ? chunk.begin : chunk.end); ++item) {
        const double seen = s_.kind[item] == event_exit ? s_.weight_of(item) : 0.0;
        residual_[item] = s_.kind[item] == entry_item ? 0.0 : seen - expected(item, state_.cumulative, {});
      }
      for (std::size_t b = 0; b < chunk.blocks.size(); ++b) {
        const std::size_t begin = chunk.begin + b * s_.block, count = std::min(s_.block, chunk.end - begin);
        dot_columns(chunk.blocks[b].column(0), chunk.blocks[b].capacity(), columns.data(), columns.size(), residual_.data() + begin, count, parts[c].data());
      }
    });
    std::vector<double> sum(s_.cols, 0.0);
    for (const auto& part : parts)
      for (std::size_t k = 0; k < columns.size(); ++k)
        sum[columns[k]] += fold_lanes(part.data() + 8 * k);
    return sum;
  }

  /// Expected events of an item given its risk: what it accumulated while at risk.
  double expected(std::size_t item, const std::vector<double>& cumulative, const group_weights& g) const {
    const std::size_t k = s_.group[item];
    double h = cumulative[k];
    if (s_.kind[item] == event_exit) h -= state_.sums[k].relief * (g.empty() ? 1.0 : g[k]);
    if (s_.late_entries) h -= cumulative[s_.entry_group[item]];
    return state_.risk[item] * h;
  }

  /// S1 and D1 of every group of a chunk, in order: visit(k, S1, D1) with D1 null unless the group is tied under Efron.
  template <class Visit>
  void walk_groups(std::size_t c, Visit&& visit) const {
    const stream_chunk& chunk = s_.chunks[c];
    const std::size_t p = s_.cols;
    std::vector<double> s1 = chunk_[c].carry_s1, d1(p);
    std::size_t k = chunk.first_group, at = chunk.begin;
    std::size_t stratum = stratum_of(chunk.begin);
    while (at < chunk.end) {
      if (at == s_.stratum_item[stratum + 1]) ++stratum, std::fill(s1.begin(), s1.end(), 0.0);
      if (at == s_.stratum_item[stratum + 1]) continue;
      const bool grouped = k < chunk.last_group;
      const std::size_t next_group = grouped ? s_.groups[k].begin : chunk.end;
      if (at < next_group || !grouped) {
        const std::size_t stop = std::min({next_group, chunk.end, s_.stratum_item[stratum + 1]});
        add_rows(chunk, at, stop, false, s1);
        at = stop;
        continue;
      }
      const event_group& g = s_.groups[k];
      add_rows(chunk, at, g.end, false, s1);
      const bool tied = efron_ && g.deaths > 1;
      if (tied) {
        std::fill(d1.begin(), d1.end(), 0.0);
        add_rows(chunk, at, g.end, true, d1);
      }
      visit(k, s1, tied ? d1.data() : nullptr);
      at = g.end;
      ++k;
    }
  }

 private:
  struct chunk_totals {
    double largest = -infinity, log_likelihood = 0;
    double s0 = 0, carry_s0 = 0;
    std::vector<double> s1, carry_s1;
  };

  std::size_t stratum_of(std::size_t item) const {
    return static_cast<std::size_t>(std::upper_bound(s_.stratum_item.begin(), s_.stratum_item.end(), item) - s_.stratum_item.begin()) - 1;
  }

  static std::vector<std::uint32_t> positions(const auto& flags) {
    std::vector<std::uint32_t> out;
    for (std::size_t j = 0; j < flags.size(); ++j)
      if (flags[j] != 0) out.push_back(static_cast<std::uint32_t>(j));
    return out;
  }

  /// Risks, and their sums behind the last start of a stratum.
  void risks(std::size_t c, const std::vector<double>& beta) {
    const stream_chunk& chunk = s_.chunks[c];
    const std::vector<std::uint32_t> columns = positions(beta);
    std::vector<double> factor;
    for (const std::uint32_t j : columns)
      factor.push_back(beta[j]);
    for (std::size_t b = 0; b < chunk.blocks.size(); ++b) {
      const std::size_t begin = chunk.begin + b * s_.block, count = std::min(s_.block, chunk.end - begin);
      double* eta = state_.risk.data() + begin;
      if (s_.offset.empty())
        std::fill(eta, eta + count, 0.0);
      else
        std::copy(s_.offset.data() + begin, s_.offset.data() + begin + count, eta);
      add_columns(chunk.blocks[b].column(0), chunk.blocks[b].capacity(), columns.data(), factor.data(), columns.size(), count, eta);
    }
    chunk_totals& t = chunk_[c];
    double* risk = state_.risk.data();
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      t.largest = std::max(t.largest, risk[i]);
      if (s_.kind[i] == event_exit) t.log_likelihood += s_.weight_of(i) * risk[i];
      risk[i] -= state_.shift;
    }
    numeric::exp_block(risk + chunk.begin, chunk.end - chunk.begin, risk + chunk.begin);
    if (!s_.weight.empty())
      for (std::size_t i = chunk.begin; i < chunk.end; ++i)
        risk[i] *= s_.weight[i];
    if (s_.late_entries)
      for (std::size_t i = chunk.begin; i < chunk.end; ++i)
        if (s_.kind[i] == entry_item) risk[i] = -risk[i];
    const std::size_t from = chunk.starts_stratum ? chunk.fresh : chunk.begin;
    for (std::size_t i = from; i < chunk.end; ++i)
      t.s0 += risk[i];
    t.s1.assign(s_.cols, 0);
    if (means_) add_rows(chunk, from, chunk.end, false, t.s1);
  }

  void carry_forward() {
    double s0 = 0;
    std::vector<double> s1(s_.cols, 0);
    for (std::size_t c = 0; c < s_.chunks.size(); ++c) {
      chunk_totals& t = chunk_[c];
      const auto start_anew = [&] {
        s0 = 0;
        std::fill(s1.begin(), s1.end(), 0.0);
      };
      if (s_.chunks[c].begin == s_.stratum_item[stratum_of(s_.chunks[c].begin)]) start_anew();
      t.carry_s0 = s0;
      t.carry_s1 = s1;
      if (s_.chunks[c].starts_stratum) start_anew();
      s0 += t.s0;
      for (std::size_t j = 0; j < s_.cols; ++j)
        s1[j] += t.s1[j];
    }
  }

  void sum_groups(std::size_t c) {
    const stream_chunk& chunk = s_.chunks[c];
    double s0 = chunk_[c].carry_s0, log_likelihood = chunk_[c].log_likelihood;
    std::size_t at = chunk.begin, stratum = stratum_of(chunk.begin);
    for (std::size_t k = chunk.first_group; k < chunk.last_group; ++k) {
      const event_group& g = s_.groups[k];
      if (g.stratum != stratum) {
        stratum = g.stratum;
        s0 = 0;
        at = s_.stratum_item[stratum];
      }
      for (; at < g.begin; ++at)
        s0 += state_.risk[at];
      double d0 = 0;
      for (; at < g.end; ++at) {
        s0 += state_.risk[at];
        if (s_.kind[at] == event_exit) d0 += state_.risk[at];
      }
      state_.sums[k] = sum_group(g, s0, d0, efron_, log_likelihood);
      log_likelihood -= g.weight * state_.shift;
    }
    chunk_[c].log_likelihood = log_likelihood;
  }

  void accumulate_hazard(const group_weights& g, std::vector<double>& out) const {
    out[s_.groups.size()] = 0;
    double h = 0;
    for (std::size_t k = s_.groups.size(); k-- > 0;) {
      if (k + 1 < s_.groups.size() && s_.groups[k + 1].stratum != s_.groups[k].stratum) h = 0;
      out[k] = h += state_.sums[k].hazard * (g.empty() ? 1.0 : g[k]);
    }
  }

  /// sums += risk x over items [begin, end), of events alone when asked.
  void add_rows(const stream_chunk& chunk, std::size_t begin, std::size_t end, bool events_only, std::vector<double>& sums) const {
    double masked[512];
    std::vector<double> lanes;
    for (std::size_t at = begin; at < end;) {
      const std::size_t b = (at - chunk.begin) / s_.block, first = chunk.begin + b * s_.block;
      const std::size_t stop = std::min(end, first + s_.block);
      const double* risk = state_.risk.data() + at;
      const std::size_t count = stop - at, offset = at - first;
      if (events_only) {
        for (std::size_t i = 0; i < count; ++i)
          masked[i] = s_.kind[at + i] == event_exit ? risk[i] : 0.0;
        risk = masked;
      }
      const numeric::column_block& block = chunk.blocks[b];
      if (count < 8) {
        for (std::size_t j = 0; j < s_.cols; ++j) {
          const double* x = block.column(j) + offset;
          double sum = 0;
          for (std::size_t i = 0; i < count; ++i)
            sum += risk[i] * x[i];
          sums[j] += sum;
        }
      } else {
        lanes.assign(8 * s_.cols, 0.0);
        dot_columns(block.column(0) + offset, block.capacity(), all_columns_.data(), s_.cols, risk, count, lanes.data());
        for (std::size_t j = 0; j < s_.cols; ++j)
          sums[j] += fold_lanes(lanes.data() + 8 * j);
      }
      at = stop;
    }
  }

  /// Gradient and information of a chunk.
  void second_order(std::size_t c, const group_weights& g, const std::vector<double>& cumulative, std::vector<double>& gradient, matrix& information) const {
    const stream_chunk& chunk = s_.chunks[c];
    const std::size_t p = s_.cols;
    numeric::gram_sum first(p), second(p);
    std::vector<double> expected_of(s_.block), residual(s_.block);
    for (std::size_t b = 0; b < chunk.blocks.size(); ++b) {
      const std::size_t begin = chunk.begin + b * s_.block, count = std::min(s_.block, chunk.end - begin);
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t item = begin + i;
        if (s_.kind[item] == entry_item) {
          expected_of[i] = residual[i] = 0;
          continue;
        }
        expected_of[i] = expected(item, cumulative, g);
        const double seen = s_.kind[item] == event_exit ? s_.weight_of(item) * (g.empty() ? 1.0 : g[s_.group[item]]) : 0.0;
        residual[i] = seen - expected_of[i];
      }
      first.add(chunk.blocks[b], count, expected_of.data(), residual.data());
    }
    const bool inner_stratum = chunk.starts_stratum && chunk.fresh != chunk.begin;
    if (!inner_stratum && 8 * (chunk.last_group - chunk.first_group) > chunk.end - chunk.begin)
      means_of_every_row(c, g, second);
    else
      means_of_groups(c, g, second);
    gradient = first.moments();
    information = first.value();
    const matrix minus = second.value();
    for (std::size_t j = 0; j < p * p; ++j)
      information.data()[j] -= minus.values()[j];
  }

  // a S1 S1' - b (S1 D1' + D1 S1') + c D1 D1' = a v v' + (c - b^2 / a) D1 D1' with v = S1 - b / a D1.

  /// Adds the groups' part where groups are few: sums over the rows between them.
  void means_of_groups(std::size_t c, const group_weights& g, numeric::gram_sum& out) const {
    weighted_vectors vectors(s_.cols, s_.block, out);
    walk_groups(c, [&](std::size_t k, const std::vector<double>& s1, const double* d1) {
      const group_sums& t = state_.sums[k];
      const double weight = g.empty() ? 1.0 : g[k];
      vectors.add(s1.data(), d1, d1 ? -t.b / t.a : 0.0, weight * t.a);
      if (d1) vectors.add(d1, nullptr, 0.0, weight * (t.c - t.b * t.b / t.a));
    });
  }

  /// The same where most rows end a group: running sums of every row, of which those count that end one.
  void means_of_every_row(std::size_t c, const group_weights& g, numeric::gram_sum& out) const {
    const stream_chunk& chunk = s_.chunks[c];
    std::vector<double> s1 = chunk_[c].carry_s1, counts(s_.block), d1(s_.cols);
    numeric::column_block sums(s_.cols, s_.block);
    weighted_vectors ties(s_.cols, s_.block, out);
    std::size_t k = chunk.first_group;
    for (std::size_t b = 0; b < chunk.blocks.size(); ++b) {
      const numeric::column_block& block = chunk.blocks[b];
      const std::size_t begin = chunk.begin + b * s_.block, count = std::min(s_.block, chunk.end - begin);
      running_sums(block.column(0), block.capacity(), s_.cols, state_.risk.data() + begin, count, s1.data(), sums.column(0), sums.capacity());
      sums.pad(count);
      std::fill(counts.begin(), counts.end(), 0.0);
      for (; k < chunk.last_group && s_.groups[k].end <= begin + count; ++k) {
        const event_group& group = s_.groups[k];
        const group_sums& t = state_.sums[k];
        const double weight = g.empty() ? 1.0 : g[k];
        const std::size_t row = group.end - 1 - begin;
        counts[row] = weight * t.a;
        if (!efron_ || group.deaths == 1) continue;
        std::fill(d1.begin(), d1.end(), 0.0);
        add_rows(chunk, group.begin, group.end, true, d1);
        for (std::size_t j = 0; j < s_.cols; ++j)
          sums.column(j)[row] -= t.b / t.a * d1[j];
        ties.add(d1.data(), nullptr, 0.0, weight * (t.c - t.b * t.b / t.a));
      }
      out.add(sums, count, counts.data());
    }
  }

  const cox_stream& s_;
  bool efron_;
  execution run_;
  cox_state state_;
  std::vector<chunk_totals> chunk_;
  std::vector<std::uint32_t> all_columns_;
  std::vector<double> residual_;  // of each item at the last `update`, once `gradient` has asked for them
  bool means_ = true;
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
