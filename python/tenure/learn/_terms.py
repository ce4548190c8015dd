"""Splines and interactions as columns, for any model behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from tenure import _core
from tenure._base import Estimator
from tenure._frames import as_frame, column_of


class Terms(TransformerMixin, Estimator):
    """Natural cubic splines and interactions, added to a table before a linear model.

    A number named in `splines` is replaced by the columns of its natural cubic spline, so that its effect may bend; each pair of `interactions`
    adds the products of its columns behind the others (a categorical enters with one indicator a level but the first, a spline with all its columns).
    Everything else stays as it is, categoricals too, and frames stay frames.

    Parameters
    ----------
    splines : dict of column to degrees of freedom, optional
        As R's `ns(x, df)`: knots at quantiles, straight lines beyond the data. One degree of freedom is a straight line.
    interactions : sequence of pairs of columns, default=()
        Columns are given by name; columns of an array by position.

    Attributes
    ----------
    knots_ : dict of column to knots, the boundary first and last

    Examples
    --------
    >>> import pandas as pd
    >>> from tenure.learn import Terms
    >>> X = pd.DataFrame({"months": [1.0, 5, 9, 20], "fee": [10.0, 20, 15, 30], "plan": ["basic", "pro", "pro", "basic"]})
    >>> Terms(splines={"months": 2}, interactions=[("fee", "plan")]).fit_transform(X).columns.tolist()
    ['ns(months)[1]', 'ns(months)[2]', 'fee', 'plan', 'fee:plan[pro]']
    """

    _model_class = _core.learn.TermsModel

    def __init__(self, *, splines: Mapping[str, int] | None = None, interactions: Sequence[tuple[str, str]] = ()):
        self.splines = splines
        self.interactions = interactions

    def fit(self, X: Any, y: Any = None) -> Terms:
        """Places the knots of the splines and remembers the levels of categoricals."""
        table = self._table(X, reset=True)
        columns = self._columns(X)
        names = [name for name, _, _ in columns]
        wanted: dict[str, int] = {}
        for key, df in (self.splines or {}).items():
            name, _, levels = columns[self._position(key, names, "splines")]
            if levels is not None:
                raise ValueError(f"splines: column '{name}' is categorical, a spline needs numbers")
            if isinstance(df, bool) or not isinstance(df, int | np.integer) or df < 1:
                raise ValueError(f"splines: column '{name}' has df = {df!r}, must be a whole number of at least 1")
            wanted[name] = int(df)
        pairs = []
        for pair in self.interactions:
            if isinstance(pair, str) or len(pair) != 2:
                raise ValueError(f"interactions: {pair!r} is no pair of columns")
            first, second = (names[self._position(key, names, "interactions")] for key in pair)
            if first == second:
                raise ValueError(f"interactions: '{first}' with itself; a spline lets its effect bend")
            pairs.append((first, second))
        knots = [self._knots(columns[names.index(name)], df) for name, df in wanted.items()]
        self.model_ = _core.learn.TermsModel(table, list(wanted), knots, [a for a, _ in pairs], [b for _, b in pairs])
        return self

    @staticmethod
    def _knots(column: tuple[str, np.ndarray, Any], df: int) -> list[float]:
        name, values, _ = column
        try:
            return list(_core.learn.natural_spline_knots(np.ascontiguousarray(values, dtype=np.float64), df))
        except _core.InvalidInput as problem:
            raise _core.InvalidInput(f"splines: column '{name}': {problem}") from problem

    def transform(self, X: Any) -> Any:
        """The table with its splines and interactions: a frame of the caller's kind, or an array for an array."""
        check_is_fitted(self)
        self._table(X, reset=False)
        frame, columns = as_frame(X), self._columns(X)
        parts = {name: self._parts(name, values, levels) for name, values, levels in columns}
        splines, pairs = self.knots_, self._pairs()
        new: dict[str, np.ndarray] = {}
        order: list[str] = []
        for name, _, _ in columns:
            if name in splines:
                new.update(parts[name]())
                order += list(parts[name]())
            else:
                order.append(name)
        for first, second in pairs:
            products = {f"{a}:{b}": u * v for a, u in parts[first]().items() for b, v in parts[second]().items()}
            new.update(products)
            order += list(products)
        if frame is None:
            kept = {name: values for name, values, _ in columns}
            return np.column_stack([np.asarray(new[name] if name in new else kept[name], dtype=np.float64) for name in order])
        backend = nw.get_native_namespace(frame)
        return frame.with_columns(*(nw.new_series(name, values, backend=backend) for name, values in new.items())).select(order).to_native()

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns of `transform`."""
        check_is_fitted(self)
        known = {entry["name"]: entry for entry in self.model_.to_dict()["columns"]}
        splines = self.knots_

        def parts(name: str) -> list[str]:
            if name in splines:
                return _spline_names(name, splines[name])
            return [f"{name}[{level}]" for level in known[name]["levels"][1:]] if known[name]["categorical"] else [name]

        names = [part for name in known for part in (parts(name) if name in splines else [name])]
        return np.array(names + [f"{a}:{b}" for first, second in self._pairs() for a in parts(first) for b in parts(second)], dtype=object)

    @property
    def knots_(self) -> dict[str, np.ndarray]:
        if not hasattr(self, "model_"):
            raise AttributeError(f"this {type(self).__name__} is not fitted yet")
        fields = self.model_.to_dict()
        begin, knots = fields["knot_begin"], np.asarray(fields["knots"], dtype=np.float64)
        return {name: knots[a:b] for name, a, b in zip(fields["spline_columns"], begin, begin[1:], strict=False)}

    def _pairs(self) -> list[tuple[str, str]]:
        fields = self.model_.to_dict()
        return list(zip(fields["first"], fields["second"], strict=True))

    @staticmethod
    def _position(key: Any, names: list[str], parameter: str) -> int:
        if isinstance(key, int | np.integer) and not isinstance(key, bool) and 0 <= key < len(names):
            return int(key)
        if key not in names:
            raise ValueError(f"{parameter}: {key!r} is not a column; the columns are {', '.join(names)}")
        return names.index(key)

    def _columns(self, X: Any) -> list[tuple[str, np.ndarray, list[str] | None]]:
        frame = as_frame(X)
        if frame is not None:
            return [column_of(series) for series in frame.iter_columns()]
        return [(f"x{j}", values, None) for j, values in enumerate(np.asarray(X, dtype=np.float64).T)]

    def _parts(self, name: str, values: np.ndarray, levels: list[str] | None) -> Any:
        """A function that gives the columns that stand for one column in a product: name and numbers."""

        def numbers() -> dict[str, np.ndarray]:
            if name not in self.knots_:
                return {name: np.asarray(values, dtype=np.float64)}
            knots = self.knots_[name]
            try:
                basis = _core.learn.natural_spline_basis(np.ascontiguousarray(values, dtype=np.float64), list(knots))
            except _core.InvalidInput as problem:
                raise _core.InvalidInput(f"column '{name}': {problem}") from problem
            return dict(zip(_spline_names(name, knots), basis.T, strict=True))

        def indicators() -> dict[str, np.ndarray]:
            known = next(entry["levels"] for entry in self.model_.to_dict()["columns"] if entry["name"] == name)
            unseen = [level for k, level in enumerate(levels or []) if level not in known and np.any(values == k)]
            if unseen:
                raise _core.InvalidInput(f"column '{name}': level '{unseen[0]}' was not seen in training")
            if np.any(values < 0):
                raise _core.InvalidInput(f"column '{name}': is missing in row {int(np.flatnonzero(values < 0)[0])}")
            code = {level: k for k, level in enumerate(levels or [])}
            return {f"{name}[{level}]": (values == code.get(level, -2)).astype(np.float64) for level in known[1:]}

        return numbers if levels is None else indicators


def _spline_names(name: str, knots: np.ndarray) -> list[str]:
    return [f"ns({name})[{k}]" for k in range(1, len(knots))]
