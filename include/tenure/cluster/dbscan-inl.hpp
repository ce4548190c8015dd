#pragma once

#include <atomic>

#include "tenure/cluster/dbscan.hpp"
#include "tenure/cluster/space_tree-inl.hpp"

namespace tenure::inline TENURE_ABI::cluster {

namespace detail {

/// Disjoint sets that many threads join at once; the root of a set is its smallest member.
class shared_sets {
 public:
  explicit shared_sets(std::size_t n) : parent_(n) {
    for (std::uint32_t i = 0; i < n; ++i)
      parent_[i].store(i, std::memory_order_relaxed);
  }
  std::uint32_t find(std::uint32_t i) {
    for (;;) {
      std::uint32_t up = parent_[i].load(std::memory_order_relaxed);
      if (up == i) return i;
      const std::uint32_t next = parent_[up].load(std::memory_order_relaxed);
      if (next != up) parent_[i].compare_exchange_weak(up, next, std::memory_order_relaxed);
      i = next;
    }
  }
  void join(std::uint32_t a, std::uint32_t b) {
    for (;;) {
      a = find(a);
      b = find(b);
      if (a == b) return;
      if (a < b) std::swap(a, b);
      std::uint32_t expected = a;
      if (parent_[a].compare_exchange_strong(expected, b, std::memory_order_relaxed)) return;
    }
  }

 private:
  std::vector<std::atomic<std::uint32_t>> parent_;
};

class dbscan_engine {
 public:
  dbscan_engine(const table_view& x, numeric_column weight, const dbscan_options& options, const execution& run)
      : tree_(x, run),
        weight_(weight),
        reach_(options.eps * options.eps),
        needed_(options.min_samples),
        run_(run),
        core_(tree_.size()),
        node_weight_(tree_.nodes().size()),
        has_core_(tree_.nodes().size()) {
    for (std::size_t v = tree_.nodes().size(); v-- > 0;) {
      const auto& node = tree_.nodes()[v];
      if (node.leaf())
        for (std::uint32_t p = node.begin; p < node.end; ++p)
          node_weight_[v] += weight_at(p);
      else
        node_weight_[v] = node_weight_[node.left] + node_weight_[node.right];
    }
  }

  dbscan_model fit(const table_view& x) {
    mark_core();
    shared_sets sets(tree_.size());
    for_leaves([&](std::uint32_t leaf, const double* queries) {
      if (has_core_[leaf]) connect(leaf, 0, queries, sets);
    });
    return number_clusters(x, sets);
  }

 private:
  double weight_at(std::uint32_t p) const { return weight_.empty() ? 1.0 : weight_[tree_.row(p)]; }

  /// body(leaf, its rows one after another) for every leaf, in parallel.
  template <class Body>
  void for_leaves(const Body& body) {
    parallel_chunks(chunking(tree_.leaves().size(), 1, 4096), run_, [&](std::size_t, std::size_t begin, std::size_t end) {
      std::vector<double> queries(space_tree::leaf_rows * tree_.cols());
      for (std::size_t l = begin; l < end; ++l) {
        const auto& leaf = tree_.nodes()[tree_.leaves()[l]];
        for (std::size_t q = leaf.begin; q < leaf.end; ++q)
          tree_.points().copy_row(q, queries.data() + (q - leaf.begin) * tree_.cols());
        body(tree_.leaves()[l], queries.data());
      }
    });
  }

  void mark_core() {
    for_leaves([&](std::uint32_t leaf, const double* queries) {
      const auto& own = tree_.nodes()[leaf];
      double found[space_tree::leaf_rows] = {};
      count(leaf, 0, queries, found);
      for (std::uint32_t q = own.begin; q < own.end; ++q)
        core_[q] = found[q - own.begin] >= needed_;
    });
    for (std::size_t v = tree_.nodes().size(); v-- > 0;) {
      const auto& node = tree_.nodes()[v];
      has_core_[v] = node.leaf() ? std::find(core_.begin() + node.begin, core_.begin() + node.end, 1) != core_.begin() + node.end
                                 : has_core_[node.left] || has_core_[node.right];
    }
  }

  /// Adds the weight of the neighbours below node v; returns false once every row of the leaf has enough.
  bool count(std::uint32_t leaf, std::uint32_t v, const double* queries, double* found) const {
    const auto& own = tree_.nodes()[leaf];
    const auto& here = tree_.nodes()[v];
    const std::uint32_t rows = own.end - own.begin;
    if (tree_.least_squared_between(leaf, v) > reach_) return true;
    if (tree_.largest_squared_between(leaf, v) <= reach_) {
      for (std::uint32_t q = 0; q < rows; ++q)
        found[q] += node_weight_[v];
    } else if (!here.leaf()) {
      const bool left_first = tree_.least_squared_between(leaf, here.left) <= tree_.least_squared_between(leaf, here.right);
      return count(leaf, left_first ? here.left : here.right, queries, found) && count(leaf, left_first ? here.right : here.left, queries, found);
    } else {
      alignas(64) double gaps[space_tree::leaf_rows];
      for (std::uint32_t q = 0; q < rows; ++q) {
        const double* query = queries + q * tree_.cols();
        if (found[q] >= needed_ || tree_.least_squared(query, v) > reach_) continue;
        tree_.scan(here, query, gaps);
        for (std::uint32_t p = here.begin; p < here.end; ++p)
          if (gaps[p - here.begin] <= reach_) found[q] += weight_at(p);
      }
    }
    return std::any_of(found, found + rows, [&](double f) { return f < needed_; });
  }

  /// The set of all core rows of a leaf, or `several`.
  static constexpr std::uint32_t several = 0xffffffffU;
  std::uint32_t set_of(std::uint32_t leaf, shared_sets& sets) const {
    const auto& node = tree_.nodes()[leaf];
    std::uint32_t common = several;
    for (std::uint32_t p = node.begin; p < node.end; ++p) {
      if (!core_[p]) continue;
      const std::uint32_t root = sets.find(p);
      if (common == several) common = root;
      if (common != root) return several;
    }
    return common;
  }

  /// Joins the core rows of a leaf with their core neighbours at positions not before the leaf.
  void connect(std::uint32_t leaf, std::uint32_t v, const double* queries, shared_sets& sets) const {
    const auto& own = tree_.nodes()[leaf];
    const auto& here = tree_.nodes()[v];
    if (here.end <= own.begin || !has_core_[v] || tree_.least_squared_between(leaf, v) > reach_) return;
    if (!here.leaf()) {
      connect(leaf, here.left, queries, sets);
      connect(leaf, here.right, queries, sets);
      return;
    }
    const std::uint32_t theirs = set_of(v, sets);
    if (theirs != several && theirs == set_of(leaf, sets)) return;
    const bool all_near = tree_.largest_squared_between(leaf, v) <= reach_;
    alignas(64) double gaps[space_tree::leaf_rows];
    for (std::uint32_t q = own.begin; q < own.end; ++q) {
      if (!core_[q] || (theirs != several && sets.find(q) == sets.find(theirs))) continue;
      const double* query = queries + (q - own.begin) * tree_.cols();
      if (!all_near) {
        if (tree_.least_squared(query, v) > reach_) continue;
        tree_.scan(here, query, gaps);
      }
      for (std::uint32_t p = here.begin; p < here.end; ++p)
        if (core_[p] && (all_near || gaps[p - here.begin] <= reach_)) {
          sets.join(q, p);
          if (theirs != several) break;
        }
    }
  }

  dbscan_model number_clusters(const table_view& x, shared_sets& sets) {
    const std::size_t n = tree_.size();
    dbscan_model model{schema_of(x), std::vector<std::int64_t>(n, -1), {}, 0};
    std::vector<std::uint32_t> position(n);
    for (std::uint32_t p = 0; p < n; ++p)
      position[tree_.row(p)] = p;
    std::vector<std::int64_t> number(n, -1);
    for (std::size_t i = 0; i < n; ++i) {
      if (!core_[position[i]]) continue;
      model.core.push_back(static_cast<std::int64_t>(i));
      std::int64_t& assigned = number[sets.find(position[i])];
      if (assigned < 0) assigned = model.clusters++;
      model.labels[i] = assigned;
    }
    for_leaves([&](std::uint32_t leaf, const double* queries) {
      const auto& own = tree_.nodes()[leaf];
      for (std::uint32_t q = own.begin; q < own.end; ++q)
        if (!core_[q]) model.labels[tree_.row(q)] = lowest(0, queries + (q - own.begin) * tree_.cols(), number, sets);
    });
    return model;
  }

  /// The lowest number among the core neighbours of `query`, -1 without any.
  std::int64_t lowest(std::uint32_t v, const double* query, const std::vector<std::int64_t>& number, shared_sets& sets) const {
    const auto& here = tree_.nodes()[v];
    if (!has_core_[v] || tree_.least_squared(query, v) > reach_) return -1;
    std::int64_t found = -1;
    const auto keep = [&](std::int64_t other) {
      if (other >= 0 && (found < 0 || other < found)) found = other;
    };
    if (!here.leaf()) {
      keep(lowest(here.left, query, number, sets));
      keep(lowest(here.right, query, number, sets));
      return found;
    }
    alignas(64) double gaps[space_tree::leaf_rows];
    tree_.scan(here, query, gaps);
    for (std::uint32_t p = here.begin; p < here.end; ++p)
      if (core_[p] && gaps[p - here.begin] <= reach_) keep(number[sets.find(p)]);
    return found;
  }

  space_tree tree_;
  numeric_column weight_;
  double reach_, needed_;
  execution run_;
  std::vector<char> core_;
  std::vector<double> node_weight_;
  std::vector<char> has_core_;
};

}  // namespace detail

TENURE_INLINE void dbscan_model::check() const {
  for (const std::int64_t label : labels)
    if (label < -1 || label >= clusters) throw bad_file("cluster.dbscan: a label is not a cluster");
  for (std::size_t i = 0; i < core.size(); ++i)
    if (core[i] < 0 || static_cast<std::size_t>(core[i]) >= labels.size() || (i > 0 && core[i] <= core[i - 1]))
      throw bad_file("cluster.dbscan: core rows are out of order");
}

TENURE_INLINE dbscan_model fit_dbscan(const table_view& x, numeric_column weight, const dbscan_options& options, const execution& run) {
  validate(options);
  detail::require_finite(x, run);
  detail::check_weight(weight, x.rows());
  return detail::dbscan_engine(x, weight, options, run).fit(x);
}

}  // namespace tenure::inline TENURE_ABI::cluster
