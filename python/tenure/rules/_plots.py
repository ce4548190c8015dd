"""Pictures of rules; matplotlib is imported when one is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tenure.rules._itemsets import Itemsets
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


def network(sets: Itemsets, limit: int = 50, ax: Any = None) -> Any:
    """Items joined by the pairs of highest lift; node size by support, line width by the pair's support, colour by lift."""
    import matplotlib.pyplot as plt
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    lengths, first = sets.lengths, sets.offsets[:-1]
    support = dict(zip(sets.items[first[lengths == 1]].tolist(), sets.support[lengths == 1].tolist(), strict=True))
    place, joint = first[lengths == 2], sets.support[lengths == 2]
    pairs = np.column_stack([sets.items[place], sets.items[place + 1]])
    if not len(pairs) or not set(pairs.ravel().tolist()) <= support.keys():
        raise ValueError("a network needs frequent pairs and their single items: min_length 1, max_length at least 2, target all")
    lift = joint / np.array([support[a] * support[b] for a, b in pairs.tolist()])
    order = np.lexsort((-joint, -lift))[:limit][::-1]  # strong pairs on top
    pairs, joint, lift = pairs[order], joint[order], lift[order]
    nodes, ends = np.unique(pairs, return_inverse=True)
    at = _spread(len(nodes), ends.reshape(pairs.shape))
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 7), layout="constrained")
    colour = ScalarMappable(Normalize(float(lift.min()), float(lift.max())), "viridis")
    for (a, b), share, strength in zip(ends.reshape(pairs.shape), joint, lift, strict=True):
        ax.plot(*at[[a, b]].T, color=colour.to_rgba(strength), lw=0.6 + 4 * share / joint.max(), zorder=1)
    size = np.array([support[node] for node in nodes.tolist()])
    ax.scatter(*at.T, s=30 + 270 * size / size.max(), color="0.25", zorder=2)
    for node, (x, y) in zip(nodes.tolist(), at, strict=True):
        ax.annotate(str(sets.names[node]), (x, y), xytext=(0, 9), textcoords="offset points", ha="center")
    ax.figure.colorbar(colour, ax=ax, label="lift", shrink=0.7)
    ax.margins(0.12)
    ax.set_axis_off()
    ax.set_title(f"{len(pairs)} of {int((lengths == 2).sum())} pairs, by lift")
    return ax


def _spread(nodes: int, edges: np.ndarray, steps: int = 200) -> np.ndarray:
    """Places for the nodes of a graph: neighbours attract, all repel (Fruchterman and Reingold 1991), from a circle and always the same."""
    angle = 2 * np.pi * np.arange(nodes) / nodes
    at = np.column_stack([np.cos(angle), np.sin(angle)])
    ideal = 2 / np.sqrt(nodes)
    for step in range(steps):
        apart = at[:, None] - at[None]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 1e-3)
        force = (apart * (ideal**2 / distance**2)[..., None]).sum(axis=1) - 0.05 * at  # a weak pull to the middle keeps parts together
        pull = at[edges[:, 0]] - at[edges[:, 1]]
        pull *= np.linalg.norm(pull, axis=1, keepdims=True) / ideal
        np.add.at(force, edges[:, 0], -pull)
        np.add.at(force, edges[:, 1], pull)
        length = np.maximum(np.linalg.norm(force, axis=1, keepdims=True), 1e-12)
        at = at + force / length * np.minimum(length, 0.2 * (1 - step / steps))
    return at
