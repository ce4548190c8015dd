#pragma once

#include <cmath>
#include <vector>

#include "tenure/survival/cox_likelihood-inl.hpp"

namespace tenure::inline TENURE_ABI::survival::detail {

/// The exact partial likelihood: the d events of a time are one of all d-subsets of its n at risk. The sum over subsets of the products of
/// their risks is the elementary symmetric polynomial e_d, which with its derivatives follows row by row: e_j += r e_(j-1) (Gail, Lubin and
/// Rubinstein 1981). Risks are scaled by d / sum(r), which keeps every e_j below e^d.
class exact_likelihood {
 public:
  explicit exact_likelihood(const cox_stream& stream) : s_(stream) {
    if (!s_.weight.empty()) throw not_supported("exact ties with case weights: use ties 'efron' or 'breslow', or repeat the rows");
  }

  cox_evaluation evaluate(const std::vector<double>& beta) {
    const std::size_t p = s_.cols;
    cox_evaluation out{0, std::vector<double>(p, 0), matrix(p, p)};
    eta_.resize(s_.items());
    for (const stream_chunk& chunk : s_.chunks)
      for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
        eta_[i] = s_.offset.empty() ? 0.0 : s_.offset[i];
        for (std::size_t j = 0; j < p; ++j)
          eta_[i] += beta[j] * value(chunk, i, j);
      }
    std::size_t c = 0;
    for (std::size_t k = 0; k < s_.groups.size(); ++k) {
      while (s_.groups[k].begin >= s_.chunks[c].end)
        ++c;
      add_group(k, out);
    }
    return out;
  }

 private:
  double value(const stream_chunk& chunk, std::size_t item, std::size_t j) const {
    const std::size_t local = item - chunk.begin;
    return chunk.blocks[local / s_.block].column(j)[local % s_.block];
  }

  void add_group(std::size_t k, cox_evaluation& out) {
    const event_group& g = s_.groups[k];
    const std::size_t p = s_.cols, d = g.deaths, triangle = p * (p + 1) / 2;
    std::vector<std::size_t> members;
    double total = 0, shift = -infinity;
    for (std::size_t i = s_.stratum_item[g.stratum]; i < g.end; ++i) {
      if (s_.kind[i] == entry_item || (s_.late_entries && s_.entry_group[i] <= k)) continue;  // entered at this time or later
      members.push_back(i);
      shift = std::max(shift, eta_[i]);
    }
    for (const std::size_t i : members)
      total += std::exp(eta_[i] - shift);
    const double scale = static_cast<double>(d) / total;

    std::vector<double> e(d + 1, 0.0), first((d + 1) * p, 0.0), second((d + 1) * triangle, 0.0), x(p);
    e[0] = 1;
    std::size_t c = 0;
    for (std::size_t m = 0; m < members.size(); ++m) {
      const std::size_t i = members[m];
      while (i >= s_.chunks[c].end)
        ++c;
      for (std::size_t j = 0; j < p; ++j)
        x[j] = value(s_.chunks[c], i, j);
      const double r = scale * std::exp(eta_[i] - shift);
      for (std::size_t l = std::min(d, m + 1); l >= 1; --l) {
        const double below = e[l - 1];
        const double *f = &first[(l - 1) * p], *s = &second[(l - 1) * triangle];
        double *to_f = &first[l * p], *to_s = &second[l * triangle];
        for (std::size_t a = 0, at = 0; a < p; ++a)
          for (std::size_t b = 0; b <= a; ++b, ++at)
            to_s[at] += r * (s[at] + x[a] * f[b] + f[a] * x[b] + x[a] * x[b] * below);
        for (std::size_t a = 0; a < p; ++a)
          to_f[a] += r * (f[a] + x[a] * below);
        e[l] += r * below;
      }
      if (s_.kind[i] == event_exit && i >= g.begin) {
        out.log_likelihood += eta_[i];
        for (std::size_t j = 0; j < p; ++j)
          out.gradient[j] += x[j];
      }
    }
    out.log_likelihood -= std::log(e[d]) - static_cast<double>(d) * (std::log(scale) - shift);
    const double *f = &first[d * p], *s = &second[d * triangle];
    for (std::size_t a = 0, at = 0; a < p; ++a) {
      out.gradient[a] -= f[a] / e[d];
      for (std::size_t b = 0; b <= a; ++b, ++at) {
        const double information = s[at] / e[d] - (f[a] / e[d]) * (f[b] / e[d]);
        out.information(a, b) += information;
        if (a != b) out.information(b, a) += information;
      }
    }
  }

  const cox_stream& s_;
  std::vector<double> eta_;
};

}  // namespace tenure::inline TENURE_ABI::survival::detail
