"""Pictures of rules; matplotlib is imported when one is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tenure.rules._rules import Rules


def scatter(rules: Rules, ax: Any = None) -> Any:
    """Support against confidence, lift as colour."""
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(layout="constrained")
    order = np.argsort(rules.measure("lift"), kind="stable")  # strong rules on top
    points = ax.scatter(rules.measure("support")[order], rules.measure("confidence")[order], c=rules.measure("lift")[order], s=16, cmap="viridis")
    ax.figure.colorbar(points, ax=ax, label="lift")
    ax.set_xlabel("support")
    ax.set_ylabel("confidence")
    ax.set_title(f"{len(rules)} rules")
    return ax


def graph(rules: Rules, limit: int = 20, ax: Any = None) -> Any:
    """Items on a circle, an arrow from each antecedent item to each consequent item of a rule; width by support, colour by lift."""
    import matplotlib.pyplot as plt
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    if ax is None:
        _, ax = plt.subplots(figsize=(7, 7), layout="constrained")
    shown = rules.select(np.arange(min(limit, len(rules))))
    pairs = [(a, b, k) for k in range(len(shown)) for a in shown[k][0] for b in shown[k][1]]
    items = list(dict.fromkeys(item for a, b, _ in pairs for item in (a, b)))
    angle = {item: 2 * np.pi * i / max(1, len(items)) for i, item in enumerate(items)}
    support, lift = shown.measure("support"), shown.measure("lift")
    colour = ScalarMappable(Normalize(*((lift.min(), lift.max()) if len(lift) else (0, 1))), "viridis")
    for a, b, k in pairs:
        begin, end = ((np.cos(angle[i]), np.sin(angle[i])) for i in (a, b))
        arrow = {
            "arrowstyle": "-|>",
            "color": colour.to_rgba(lift[k]),
            "lw": 0.8 + 3 * support[k] / support.max(),
            "connectionstyle": "arc3,rad=0.15",
            "shrinkA": 6,
            "shrinkB": 6,
        }
        ax.annotate("", xy=end, xytext=begin, arrowprops=arrow)
    for item, at in angle.items():
        x, y = np.cos(at), np.sin(at)
        ax.plot(x, y, "o", color="0.25", markersize=6)
        ax.annotate(
            str(item), (x, y), xytext=(8 * x, 8 * y), textcoords="offset points", ha="left" if x > 0.1 else "right" if x < -0.1 else "center", va="center"
        )
    ax.figure.colorbar(colour, ax=ax, label="lift", shrink=0.7)
    ax.set_xlim(-1.6, 1.6)
    ax.set_ylim(-1.3, 1.3)
    ax.set_axis_off()
    ax.set_title(f"The first {len(shown)} of {len(rules)} rules")
    return ax
