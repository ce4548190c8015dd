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
