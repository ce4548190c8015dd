"""Pictures of groups; matplotlib is imported when one is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np


def axes(ax: Any) -> Any:
    """`ax`, or new axes."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def dendrogram(merges: np.ndarray, ax: Any = None, **options: Any) -> Any:
    """A dendrogram of a linkage matrix; beyond 30 groups only the last merges are drawn."""
    from scipy.cluster.hierarchy import dendrogram as draw

    ax = axes(ax)
    if len(merges) >= 30:
        options = {"truncate_mode": "lastp", "p": 30, **options}
    draw(merges, ax=ax, **options)
    ax.set_ylabel("distance of merged groups")
    ax.set_xlabel("customers, (n) = group of n")
    return ax


def count_plot(columns: dict[str, Any], curves: Any, chosen: int, title: str, ax: Any = None) -> Any:
    """Criteria over the number of groups; the chosen number is marked."""
    ax = axes(ax)
    for colour, (name, upper, error) in zip(("#0072B2", "#999999"), curves, strict=False):
        ax.errorbar(columns["n_clusters"], columns[name], yerr=columns[error] if error else None, marker="o", color=colour, label=name.replace("_", " "))
        if upper:
            ax.plot(columns["n_clusters"], columns[upper], linestyle="--", color=colour, label=upper.replace("_", " "))
    if chosen in columns["n_clusters"]:
        ax.axvline(chosen, color="#D55E00", linewidth=1)
    ax.set_xticks(columns["n_clusters"])
    ax.set_xlabel("number of groups")
    ax.set_ylabel(title)
    ax.set_title(f"{chosen} groups" if chosen > 1 else "no groups")
    ax.legend(frameon=False)
    return ax


def silhouette_plot(samples: np.ndarray, labels: np.ndarray, ax: Any = None) -> Any:
    """Sorted silhouettes, group by group, with their mean."""
    ax = axes(ax)
    start = 0
    for colour, label in enumerate(np.unique(labels)):
        values = np.sort(samples[labels == label])
        ax.fill_betweenx(np.arange(start, start + len(values)), 0, values, color=f"C{colour % 10}")
        ax.text(-0.02, start + len(values) / 2, f"{label} ({len(values)})", ha="right", va="center")
        start += len(values) + max(1, len(samples) // 100)
    ax.axvline(samples.mean(), color="black", linestyle="--", linewidth=1)
    ax.set_title(f"mean silhouette {samples.mean():.3f}, n = {len(samples)}")
    ax.set_xlabel("silhouette")
    ax.set_yticks([])
    return ax


def profile_plot(features: Any, groups: list[str], ax: Any = None, most: int = 10) -> Any:
    """Effects of the columns that set the groups apart most."""
    import narwhals as nw

    ax = axes(ax)
    rows = nw.from_native(features).rows(named=True)
    largest: dict[str, float] = {}
    for row in rows:
        title = f"{row['column']} = {row['level']}" if isinstance(row["level"], str) else row["column"]
        row["title"] = title
        if np.isfinite(row["effect"]):
            largest[title] = max(largest.get(title, 0.0), abs(row["effect"]))
    shown = sorted(largest, key=lambda title: largest[title])[-most:]
    for colour, group in enumerate(groups):
        points = [(row["effect"], shown.index(row["title"])) for row in rows if row["group"] == group and row["title"] in shown]
        ax.scatter(*np.array(points).T, color=f"C{colour % 10}", label=group)
    ax.set_yticks(range(len(shown)), shown)
    ax.axvline(0, color="#999999", linewidth=1)
    ax.set_xlabel("effect against all others (Cohen's d, h for shares)")
    ax.legend(frameon=False, title="group")
    return ax
