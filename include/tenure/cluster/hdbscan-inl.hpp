#pragma once

#include "tenure/cluster/condense-inl.hpp"
#include "tenure/cluster/hdbscan.hpp"

namespace tenure::inline TENURE_ABI::cluster {

namespace detail {

/// min(lambda, largest) / largest: how long the row stays in its cluster.
inline double membership(double lambda, double largest) {
  if (largest == 0 || !std::isfinite(lambda)) return 1.0;
  return std::min(lambda, largest) / largest;
}

inline std::vector<tree_edge> reachability_tree(const space_tree& tree, const space_tree::neighbours& near, const std::vector<double>& core,
                                                const execution& run) {
  std::vector<tree_edge> edges = spanning_tree(tree, core, near, run).edges();
  for (tree_edge& e : edges)
    e.length = std::sqrt(e.length);
  return edges;
}

}  // namespace detail

TENURE_INLINE hdbscan_model fit_hdbscan(const table_view& x, const hdbscan_options& options, const execution& run) {
  validate(options);
  detail::require_finite(x, run);
  const std::size_t n = x.rows(), d = x.cols();
  hdbscan_model model;
  model.columns = schema_of(x);
  model.min_samples = options.min_samples ? options.min_samples : options.min_cluster_size;
  if (static_cast<std::size_t>(model.min_samples) > n)
    throw invalid_input("min_samples", "must be at most the number of rows (n_samples=" + std::to_string(n) + ")", static_cast<double>(model.min_samples));

  const detail::space_tree tree(x, run);
  const auto near = tree.nearest(static_cast<std::size_t>(model.min_samples), run);
  std::vector<double> core(n);
  model.core_distance.resize(n);
  for (std::size_t p = 0; p < n; ++p) {
    core[p] = near.squared[(p + 1) * near.count - 1];
    model.core_distance[tree.row(p)] = std::sqrt(core[p]);
  }
  const detail::condensed_tree condensed(detail::merge_tree(n, detail::reachability_tree(tree, near, core, run)),
                                         static_cast<std::uint32_t>(options.min_cluster_size));
  const std::vector<char> selected = detail::select_clusters(condensed.clusters, options);

  model.tree = condensed.clusters;
  model.row_cluster = condensed.row_cluster;
  std::vector<std::size_t> owner(model.tree.size(), 0);  // the selected cluster that each lies in
  for (std::size_t c = 0; c < model.tree.size(); ++c) {
    if (selected[c]) {
      model.tree[c].label = static_cast<std::int64_t>(model.persistence.size());
      model.persistence.push_back(model.tree[c].stability);
      owner[c] = c;
    } else if (c > 0) {
      model.tree[c].label = model.tree[static_cast<std::size_t>(model.tree[c].parent)].label;
      owner[c] = owner[static_cast<std::size_t>(model.tree[c].parent)];
    }
  }
  model.labels.assign(n, -1);
  model.probabilities.assign(n, 0.0);
  const double threshold = options.epsilon > 0 ? 1 / options.epsilon : model.tree[0].largest;
  for (std::size_t i = 0; i < n; ++i) {
    const auto cluster = static_cast<std::size_t>(model.row_cluster[i]);
    const std::int64_t label = model.tree[cluster].label;
    if (label < 0 || (cluster == 0 && condensed.row_lambda[i] < threshold)) continue;  // the root keeps only its densest rows
    model.labels[i] = label;
    model.probabilities[i] = detail::membership(condensed.row_lambda[i], model.tree[owner[cluster]].largest);
  }
  model.rows = matrix(n, d);
  for (std::size_t j = 0; j < d; ++j)
    x[j].values.visit([&](auto values) {
      for (std::size_t i = 0; i < n; ++i)
        model.rows(i, j) = static_cast<double>(values[i]);
    });
  return model;
}

TENURE_INLINE hdbscan_prediction approximate_predict(const hdbscan_model& model, const table_view& x, const execution& run) {
  const aligned_table aligned(x, model.columns, unseen_level::refuse);
  hdbscan_prediction result{std::vector<std::int64_t>(x.rows(), -1), std::vector<double>(x.rows(), 0.0)};
  if (x.rows() == 0) return result;
  detail::require_finite(aligned.view(), run);
  const std::size_t n = model.rows.rows(), d = model.rows.cols();
  const detail::packed_points<double> points(model.rows, std::vector<double>(d), run);
  std::vector<std::size_t> owner(model.tree.size());
  for (std::size_t c = 0; c < owner.size(); ++c) {
    const std::int64_t up = model.tree[c].parent;
    owner[c] = up < 0 || model.tree[static_cast<std::size_t>(up)].label != model.tree[c].label ? c : owner[static_cast<std::size_t>(up)];
  }
  parallel_chunks(chunking(x.rows(), 4, 1024), run, [&](std::size_t, std::size_t begin, std::size_t end) {
    detail::aligned_buffer<double> gaps(points.tile_count() * detail::lanes<double>);
    std::vector<double> query(d), sorted(n);
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t j = 0; j < d; ++j)
        query[j] = aligned.view()[j].values[i];
      detail::kernels<double>().squared_distances(points.tile(0), points.tile_count(), d, query.data(), gaps.data());
      sorted.assign(gaps.data(), gaps.data() + n);
      const std::size_t rank = std::min(n, static_cast<std::size_t>(std::max<std::int64_t>(model.min_samples - 1, 1))) - 1;  // the row itself is the first
      std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(rank), sorted.end());
      const double core = model.min_samples == 1 ? 0.0 : std::sqrt(sorted[rank]);
      std::size_t nearest = 0;
      double least = std::numeric_limits<double>::infinity(), least_gap = least;
      for (std::size_t r = 0; r < n; ++r) {
        const double reach = std::max({core, model.core_distance[r], std::sqrt(gaps[r])});
        if (reach > least || (reach == least && gaps[r] >= least_gap)) continue;
        least = reach;
        least_gap = gaps[r];
        nearest = r;
      }
      const double lambda = least > 0 ? 1 / least : std::numeric_limits<double>::infinity();
      auto cluster = static_cast<std::size_t>(model.row_cluster[nearest]);
      while (cluster > 0 && model.tree[cluster].birth >= lambda)
        cluster = static_cast<std::size_t>(model.tree[cluster].parent);
      const std::int64_t label = model.tree[cluster].label;
      if (label < 0 || (cluster == 0 && model.labels[nearest] < 0)) continue;
      result.labels[i] = label;
      result.probabilities[i] = detail::membership(lambda, model.tree[owner[cluster]].largest);
    }
  });
  return result;
}

TENURE_INLINE void hdbscan_model::check() const {
  const std::size_t n = rows.rows();
  const auto clusters = static_cast<std::int64_t>(persistence.size());
  if (n == 0 || rows.cols() != columns.size() || labels.size() != n || probabilities.size() != n || row_cluster.size() != n || core_distance.size() != n ||
      tree.empty() || min_samples < 1)
    throw bad_file("cluster.hdbscan: fields differ in length");
  for (std::size_t c = 0; c < tree.size(); ++c) {
    if (tree[c].parent >= static_cast<std::int64_t>(c) || tree[c].parent < (c == 0 ? -1 : 0))
      throw bad_file("cluster.hdbscan: a cluster comes before its parent");
    if (tree[c].label < -1 || tree[c].label >= clusters) throw bad_file("cluster.hdbscan: a label is not a cluster");
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (row_cluster[i] < 0 || static_cast<std::size_t>(row_cluster[i]) >= tree.size()) throw bad_file("cluster.hdbscan: a row lies in no cluster of the tree");
    if (labels[i] < -1 || labels[i] >= clusters) throw bad_file("cluster.hdbscan: a label is not a cluster");
    if (!(core_distance[i] >= 0)) throw bad_file("cluster.hdbscan: a core distance is negative");
  }
  for (const double v : rows.values())
    if (!std::isfinite(v)) throw bad_file("cluster.hdbscan: a value is not finite");
}

}  // namespace tenure::inline TENURE_ABI::cluster
