#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "tenure/rules/class_rules-inl.hpp"
#include "tenure/rules/items-inl.hpp"
#include "tenure/rules/rule_classifier.hpp"

namespace tenure::inline TENURE_ABI::rules {

namespace detail {

/// A rule that might become part of the classifier; its items are rows of the grouped baskets.
struct candidate_rule {
  std::uint32_t first, length;
  std::uint32_t right, all;  // training rows with its items: of its class, of any
  std::uint32_t outcome;
};

/// The rules of the search in the order of the paper.
inline std::vector<candidate_rule> in_precedence(const examined_rules& found, const grouped_baskets& data) {
  const std::size_t classes = data.groups();
  std::vector<candidate_rule> rules;
  for (std::size_t k = 0; k + 1 < found.offsets.size(); ++k) {
    const std::uint32_t* counts = found.counts.data() + k * classes;
    const std::uint32_t* best = std::max_element(counts, counts + classes);
    rules.push_back({found.offsets[k], found.offsets[k + 1] - found.offsets[k], *best, std::accumulate(counts, counts + classes, 0U),
                     static_cast<std::uint32_t>(best - counts)});
  }
  const auto items = [&](const candidate_rule& rule) {
    std::vector<std::int32_t> list;
    for (std::uint32_t i = 0; i < rule.length; ++i)
      list.push_back(data.item[found.rows[rule.first + i]]);
    std::sort(list.begin(), list.end());
    return list;
  };
  std::sort(rules.begin(), rules.end(), [&](const candidate_rule& a, const candidate_rule& b) {
    const std::uint64_t confidence_a = std::uint64_t{a.right} * b.all, confidence_b = std::uint64_t{b.right} * a.all;
    if (confidence_a != confidence_b) return confidence_a > confidence_b;
    if (a.right != b.right) return a.right > b.right;
    if (a.length != b.length) return a.length < b.length;
    return items(a) < items(b);
  });
  return rules;
}

/// The training rows that no rule covers yet.
class uncovered_rows {
 public:
  explicit uncovered_rows(const grouped_baskets& data) : data_(data), bits_(data.words(), 0), both_(data.words()), left(data.group_size) {
    for (std::size_t g = 0; g < data.groups(); ++g)
      for (std::size_t i = 0; i < data.group_size[g]; ++i)
        bits_[data.bounds[g] + i / 64] |= std::uint64_t{1} << (i % 64);
  }

  /// Takes the rows with these items away if one of them is of class `outcome`: how many were taken, by class. Empty when none is.
  std::vector<std::uint32_t> take(std::span<const std::uint32_t> rows, std::size_t outcome) {
    if (common(rows, outcome) == 0) return {};
    std::vector<std::uint32_t> taken(data_.groups());
    for (std::size_t g = 0; g < taken.size(); ++g) {
      taken[g] = common(rows, g);
      left[g] -= taken[g];
      for (std::size_t w = data_.bounds[g]; w < data_.bounds[g + 1]; ++w)
        bits_[w] &= ~both_[w];
    }
    return taken;
  }

 private:
  std::uint32_t common(std::span<const std::uint32_t> rows, std::size_t group) {
    const std::size_t begin = data_.bounds[group], words = data_.bounds[group + 1] - begin;
    std::copy_n(bits_.begin() + static_cast<std::ptrdiff_t>(begin), words, both_.begin() + static_cast<std::ptrdiff_t>(begin));
    std::uint32_t count = left[group];
    for (std::size_t i = 0; i < rows.size() && count > 0; ++i)
      count = intersect_into(both_.data() + begin, data_.row(rows[i]) + begin, words);
    return count;
  }

  const grouped_baskets& data_;
  std::vector<std::uint64_t> bits_, both_;

 public:
  std::vector<std::uint32_t> left;  // by class
};

inline std::uint32_t wrong_beside(const std::vector<std::uint32_t>& counts, std::size_t outcome) {
  return std::accumulate(counts.begin(), counts.end(), 0U) - counts[outcome];
}

inline void append_rule(rule_classifier& model, const candidate_rule& rule, const examined_rules& found, const grouped_baskets& data, std::uint32_t covered) {
  std::vector<std::uint32_t> everywhere(data.groups(), 0);
  uncovered_rows all(data);
  const auto rows = std::span(found.rows).subspan(rule.first, rule.length);
  if (const auto counts = all.take(rows, rule.outcome); !counts.empty()) everywhere = counts;
  const std::size_t begin = model.items.size();
  for (const std::uint32_t row : rows)
    model.items.push_back(data.item[row]);
  std::sort(model.items.begin() + static_cast<std::ptrdiff_t>(begin), model.items.end());
  model.offsets.push_back(static_cast<std::int64_t>(model.items.size()));
  model.predicted.push_back(static_cast<std::int32_t>(rule.outcome));
  model.counts.insert(model.counts.end(), everywhere.begin(), everywhere.end());
  model.covered.push_back(covered);
}

/// Which rules cover what (M1): the list up to the rule with the fewest errors.
inline void build_classifier(rule_classifier& model, const examined_rules& found, const grouped_baskets& data) {
  struct step {
    candidate_rule rule;
    std::uint32_t covered;
    std::vector<std::uint32_t> left;
  };
  std::vector<step> steps;
  uncovered_rows rest(data);
  std::size_t best = 0;
  std::uint64_t errors = 0, fewest = static_cast<std::uint64_t>(-1);
  for (const candidate_rule& rule : in_precedence(found, data)) {
    const auto taken = rest.take(std::span(found.rows).subspan(rule.first, rule.length), rule.outcome);
    if (taken.empty()) continue;
    errors += wrong_beside(taken, rule.outcome);
    steps.push_back({rule, std::accumulate(taken.begin(), taken.end(), 0U), rest.left});
    const std::uint64_t total =
        errors + wrong_beside(rest.left, static_cast<std::size_t>(std::max_element(rest.left.begin(), rest.left.end()) - rest.left.begin()));
    if (total < fewest) {
      fewest = total;
      best = steps.size();
    }
  }
  for (std::size_t k = 0; k < best; ++k)
    append_rule(model, steps[k].rule, found, data, steps[k].covered);
  const std::vector<std::uint32_t>& left = best ? steps[best - 1].left : data.group_size;
  const bool none = std::accumulate(left.begin(), left.end(), 0U) == 0;
  const auto& counts = none ? data.group_size : left;
  model.default_counts.assign(counts.begin(), counts.end());
}

}  // namespace detail

TENURE_INLINE void rule_classifier::check() const {
  coding.check();
  const std::size_t rules = predicted.size(), item_count = detail::item_names(coding).size();
  const auto fail = [](const char* what) { throw bad_file(std::string("rules.classifier: ") + what); };
  if (classes() < 2 || classes() > 255) fail("must have 2 to 255 classes");
  if (offsets.size() != rules + 1 || offsets[0] != 0 || offsets.back() != static_cast<std::int64_t>(items.size()))
    fail("the offsets must lead through the items");
  for (std::size_t k = 0; k < rules; ++k)
    if (offsets[k + 1] <= offsets[k]) fail("a rule must have items");
  for (const std::int32_t item : items)
    if (item < 0 || static_cast<std::size_t>(item) >= item_count) fail("an item is out of range");
  for (const std::int32_t c : predicted)
    if (c < 0 || static_cast<std::size_t>(c) >= classes()) fail("a class is out of range");
  if (counts.size() != rules * classes() || covered.size() != rules) fail("must have counts for each rule and class");
  for (const auto* list : {&counts, &covered, &default_counts})
    for (const double n : *list)
      if (!(n >= 0 && n < 1e18)) fail("a count must be >= 0");
}

TENURE_INLINE rule_classifier fit_rule_classifier(const table_view& x, column_view<std::int32_t> y, std::size_t class_count,
                                                  const rule_classifier_options& options, const execution& run) {
  validate(options);
  if (class_count < 2) throw invalid_input("class_count", "must be at least 2", static_cast<double>(class_count));
  if (class_count > 255) throw not_supported("more than 255 classes");
  if (y.size() != x.rows()) throw invalid_input("y", "must have one value a row (" + std::to_string(x.rows()) + ")", static_cast<double>(y.size()));
  std::vector<std::uint8_t> group(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (y[i] < 0 || static_cast<std::size_t>(y[i]) >= class_count) throw invalid_input("y", "must be in [0, " + std::to_string(class_count) + ")", y[i], i);
    group[i] = static_cast<std::uint8_t>(y[i]);
  }
  rule_classifier model;
  model.rows = static_cast<double>(x.rows());
  model.coding = fit_items(x, group, {.method = options.method, .bins = options.bins});
  const transactions baskets = encode_items(model.coding, x);
  class_rule_options limits;
  limits.min_support = options.min_support;
  limits.max_length = options.max_length;
  const std::uint32_t minimum = detail::needed_rule_count(baskets, limits);
  const detail::grouped_baskets data(baskets, group, class_count, class_count, minimum);
  for (std::size_t c = 0; c < class_count; ++c)
    if (data.group_size[c] == 0) throw invalid_input("y", "must hold every class", static_cast<double>(c));
  const double least = options.min_confidence * (1 - 1e-12);
  const auto judge = [&](const std::uint32_t* counts) {
    const std::uint32_t best = *std::max_element(counts, counts + class_count);
    const double all = std::accumulate(counts, counts + class_count, 0U);
    return detail::verdict{best >= minimum && best >= least * all, best >= minimum};
  };
  detail::build_classifier(model, detail::search_antecedents(data, minimum, limits, judge, run), data);
  return model;
}

TENURE_INLINE std::vector<std::int32_t> deciding_rules(const rule_classifier& model, const table_view& x, const execution& run) {
  const transactions baskets = encode_items(model.coding, x);
  std::vector<std::int32_t> decided(baskets.size());
  parallel_chunks(chunking(baskets.size(), 256), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::vector<std::uint8_t> has(baskets.item_count, 0);
    for (std::size_t t = begin; t < end; ++t) {
      const std::span<const std::int32_t> own(baskets.items.data() + baskets.offsets[t], static_cast<std::size_t>(baskets.offsets[t + 1] - baskets.offsets[t]));
      for (const std::int32_t item : own)
        has[static_cast<std::size_t>(item)] = 1;
      std::size_t rule = 0;
      for (; rule < model.size(); ++rule)
        if (std::all_of(model.items.begin() + model.offsets[rule], model.items.begin() + model.offsets[rule + 1],
                        [&](std::int32_t item) { return has[static_cast<std::size_t>(item)]; }))
          break;
      decided[t] = static_cast<std::int32_t>(rule);
      for (const std::int32_t item : own)
        has[static_cast<std::size_t>(item)] = 0;
    }
  });
  return decided;
}

TENURE_INLINE matrix predict_probability(const rule_classifier& model, const table_view& x, const execution& run) {
  const std::vector<std::int32_t> decided = deciding_rules(model, x, run);
  const std::size_t classes = model.classes();
  matrix p(decided.size(), classes);
  for (std::size_t i = 0; i < decided.size(); ++i) {
    const auto rule = static_cast<std::size_t>(decided[i]);
    const double* counts = rule < model.size() ? model.counts.data() + rule * classes : model.default_counts.data();
    const double n = std::accumulate(counts, counts + classes, 0.0);
    for (std::size_t c = 0; c < classes; ++c)
      p(i, c) = (counts[c] + 1) / (n + static_cast<double>(classes));
  }
  return p;
}

TENURE_INLINE std::vector<std::string> describe_rules(const rule_classifier& model, const std::vector<std::string>& class_names) {
  if (class_names.size() != model.classes())
    throw invalid_input("class_names", "must be " + std::to_string(model.classes()), static_cast<double>(class_names.size()));
  const std::vector<std::string> names = detail::item_names(model.coding);
  const auto conclusion = [&](const double* counts, std::size_t c) {
    return " -> " + class_names[c] + " (" + format_number(counts[c]) + " of " + format_number(std::accumulate(counts, counts + model.classes(), 0.0)) + ")";
  };
  std::vector<std::string> lines;
  for (std::size_t k = 0; k < model.size(); ++k) {
    std::string line;
    for (auto i = static_cast<std::size_t>(model.offsets[k]); i < static_cast<std::size_t>(model.offsets[k + 1]); ++i)
      line += (line.empty() ? "" : " and ") + names[static_cast<std::size_t>(model.items[i])];
    lines.push_back(line + conclusion(model.counts.data() + k * model.classes(), static_cast<std::size_t>(model.predicted[k])));
  }
  const auto& rest = model.default_counts;
  lines.push_back("otherwise" + conclusion(rest.data(), static_cast<std::size_t>(std::max_element(rest.begin(), rest.end()) - rest.begin())));
  return lines;
}

}  // namespace tenure::inline TENURE_ABI::rules
