#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tenure/core/parallel.hpp"
#include "tenure/rules/items.hpp"

namespace tenure::inline TENURE_ABI::rules {

struct rule_classifier_options {
  double min_support = 0.01;             // smallest share of rows with the antecedent and the class
  double min_confidence = 0.5;           // smallest share of the antecedent's rows that are of the class
  std::int64_t max_length = 3;           // most items of an antecedent
  binning method = binning::supervised;  // where numbers are cut
  std::int64_t bins = 4;                 // most ranges of a number by quantiles

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("min_support", self.min_support, bounds{.low = 0, .high = 1, .low_open = true}, "smallest share of rows with the antecedent and the class");
    visit("min_confidence", self.min_confidence, between(0, 1), "smallest share of the antecedent's rows that are of the class");
    visit("max_length", self.max_length, between(1, 12), "most items of an antecedent");
    visit("method", self.method, "where numbers are cut: at quantiles, or where the classes change");
    visit("bins", self.bins, between(2, 100), "most ranges of a number by quantiles");
  }
};

/// An ordered list of rules "items -> class"; a row belongs to the first rule whose items it has, else to the default.
struct rule_classifier {
  static constexpr const char* kind = "rules.classifier";
  static constexpr int version = 1;

  item_coding coding;
  double rows = 0;
  std::vector<std::int64_t> offsets{0};      // rule k has the items items[offsets[k]] ... items[offsets[k + 1] - 1], ascending
  std::vector<std::int32_t> items;           // numbered as encode_items does
  std::vector<std::int32_t> predicted;       // class of each rule
  std::vector<double> counts;                // rules x classes: training rows that have the rule's items
  std::vector<double> covered;               // of each rule: training rows that it is the first to cover
  std::vector<double> default_counts{0, 0};  // by class: training rows that no rule covers, or all rows when there are none

  std::size_t size() const { return predicted.size(); }
  std::size_t classes() const { return default_counts.size(); }

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("coding", self.coding, "how columns become items");
    visit("rows", self.rows, "training rows");
    visit("offsets", self.offsets, "where the items of each rule begin");
    visit("items", self.items, "items of the rules, one after the other");
    visit("predicted", self.predicted, "class of each rule");
    visit("counts", self.counts, "training rows that have each rule's items, by class");
    visit("covered", self.covered, "training rows that each rule is the first to cover");
    visit("default_counts", self.default_counts, "training rows that no rule covers, by class");
  }
  void check() const;
  friend bool operator==(const rule_classifier&, const rule_classifier&) = default;
};

/// Classification based on associations: CBA-CB, algorithm M1, of Liu, Hsu and Ma (1998).
///
/// The rules of at least `min_support` and `min_confidence` (for each antecedent the class it points to most, the first of equals) are put in order: higher
/// confidence, then higher support, then shorter, then the order of their items. Each in turn is kept if it is right about a row that no rule before
/// it covers. The list ends after the rule where its errors together with those of the majority class of the uncovered rows are fewest. Antecedents that
/// hold for the same rows as a shorter one are passed over: they come after it and would cover nothing.
///
/// `y` holds class numbers 0 ... class_count - 1, at least 2 and at most 255 classes. A missing value has no item, so rules about that column do not apply.
/// Memory: a bit an item and row, and the rules found. Throws invalid_input naming the row of a class out of range, or when a class has no row;
/// not_supported beyond a million rules. Matches: a plain transcription of the paper's algorithm (tests/python/rules).
rule_classifier fit_rule_classifier(const table_view& x, column_view<std::int32_t> y, std::size_t class_count, const rule_classifier_options& options = {},
                                    const execution& run = {});

/// The number of the rule that decides about each row; model.size() where none applies.
std::vector<std::int32_t> deciding_rules(const rule_classifier& model, const table_view& x, const execution& run = {});

/// rows x classes: (n_c + 1) / (n + classes), with n the training rows that have the deciding rule's items and n_c those of class c (Laplace).
matrix predict_probability(const rule_classifier& model, const table_view& x, const execution& run = {});

/// The rules in words, one a line: "tickets > 2 and contract = monthly -> yes (81 of 100)".
std::vector<std::string> describe_rules(const rule_classifier& model, const std::vector<std::string>& class_names);

}  // namespace tenure::inline TENURE_ABI::rules

#ifndef TENURE_COMPILED
#include "tenure/rules/rule_classifier-inl.hpp"
#endif
