"""
Tree models.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

import tenure._core

__all__: list[str] = [
    "ChaidModel",
    "DecisionTreeModel",
    "GradientBoostingModel",
    "GradientBoostingSurvivalModel",
    "RandomForestModel",
    "RandomSurvivalForestModel",
    "UpliftForestModel",
    "cost_complexity_path",
    "cross_validate_pruning",
    "fit_chaid",
    "fit_decision_tree",
    "fit_gradient_boosting",
    "fit_random_forest",
    "fit_random_survival_forest",
    "fit_survival_boosting",
    "fit_uplift_forest",
    "nearest_by_proximity",
    "out_of_bag_probability",
    "out_of_bag_risk",
    "proximity",
]

class DecisionTreeModel:
    """
    A fitted classification tree.
    """

    kind: typing.ClassVar[str] = "learn.decision_tree"
    @staticmethod
    def from_bytes(bytes: bytes) -> DecisionTreeModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def leaf_numbers(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.uint32]:
        """
        Leaf of each row (row of the result) in each tree (column), counted from 0.
        """
    def nodes(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        The nodes of one tree, depth first: rule, weight, value, children.
        """
    def predict_probability(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        """
        Probability of class 1 per row.
        """
    def predict_rows(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        """
        The same for a few rows of an array in training's column order, without preparing a table.
        """
    def rules(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        One rule a leaf, largest value first.
        """
    def shap(
        self, x: tenure._core.Table, background: tenure._core.Table | None = None, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
    ) -> tuple[numpy.typing.NDArray[numpy.float64], float]:
        """
        Shapley values (rows x columns) of the sum of the trees, and their base; interventional where a background table is given.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    def to_svg(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as a drawing.
        """
    def to_text(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as indented text.
        """
    @property
    def importances(self) -> typing.Any:
        """
        share of the impurity removed by splits, one a column
        """
    @property
    def n_nodes(self) -> int:
        """
        Number of nodes of all trees.
        """
    @property
    def n_trees(self) -> int:
        """
        Number of trees.
        """
    @property
    def threshold(self) -> typing.Any:
        """
        class 1 is predicted for probabilities above it
        """
    @property
    def trees(self) -> typing.Any:
        """
        the tree
        """

class ChaidModel:
    """
    A fitted CHAID tree.
    """

    kind: typing.ClassVar[str] = "learn.chaid"
    @staticmethod
    def from_bytes(bytes: bytes) -> ChaidModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def leaf_numbers(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.uint32]:
        """
        Leaf of each row (row of the result) in each tree (column), counted from 0.
        """
    def nodes(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        The nodes of one tree, depth first: rule, weight, value, children.
        """
    def predict_probability(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        """
        Probability of class 1 per row.
        """
    def predict_rows(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        """
        The same for a few rows of an array in training's column order, without preparing a table.
        """
    def rules(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        One rule a leaf, largest value first.
        """
    def shap(
        self, x: tenure._core.Table, background: tenure._core.Table | None = None, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
    ) -> tuple[numpy.typing.NDArray[numpy.float64], float]:
        """
        Shapley values (rows x columns) of the sum of the trees, and their base; interventional where a background table is given.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    def to_svg(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as a drawing.
        """
    def to_text(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as indented text.
        """
    @property
    def importances(self) -> typing.Any:
        """
        share of the chi-squared statistics, one a column
        """
    @property
    def n_nodes(self) -> int:
        """
        Number of nodes of all trees.
        """
    @property
    def n_trees(self) -> int:
        """
        Number of trees.
        """
    @property
    def split_groups(self) -> typing.Any:
        """
        groups of each split
        """
    @property
    def split_log_p(self) -> typing.Any:
        """
        log of the adjusted p-value of each split
        """
    @property
    def split_node(self) -> typing.Any:
        """
        first node of each split, depth first
        """
    @property
    def split_statistic(self) -> typing.Any:
        """
        chi-squared statistic of each split
        """
    @property
    def threshold(self) -> typing.Any:
        """
        class 1 is predicted for probabilities above it
        """
    @property
    def trees(self) -> typing.Any:
        """
        the tree
        """

class RandomForestModel:
    """
    A fitted random forest.
    """

    kind: typing.ClassVar[str] = "learn.random_forest"
    @staticmethod
    def from_bytes(bytes: bytes) -> RandomForestModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def leaf_numbers(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.uint32]:
        """
        Leaf of each row (row of the result) in each tree (column), counted from 0.
        """
    def nodes(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        The nodes of one tree, depth first: rule, weight, value, children.
        """
    def predict_probability(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        """
        Probability of class 1 per row.
        """
    def predict_rows(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        """
        The same for a few rows of an array in training's column order, without preparing a table.
        """
    def rules(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        One rule a leaf, largest value first.
        """
    def shap(
        self, x: tenure._core.Table, background: tenure._core.Table | None = None, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
    ) -> tuple[numpy.typing.NDArray[numpy.float64], float]:
        """
        Shapley values (rows x columns) of the sum of the trees, and their base; interventional where a background table is given.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    def to_svg(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as a drawing.
        """
    def to_text(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as indented text.
        """
    @property
    def bootstrap(self) -> typing.Any:
        """
        whether rows were drawn with replacement
        """
    @property
    def importances(self) -> typing.Any:
        """
        share of the impurity removed by splits (less that of a shuffled copy), one a column
        """
    @property
    def max_samples(self) -> typing.Any:
        """
        share of the rows drawn for a tree
        """
    @property
    def min_samples_leaf(self) -> typing.Any:
        """
        rows of a leaf, as given or chosen
        """
    @property
    def n_nodes(self) -> int:
        """
        Number of nodes of all trees.
        """
    @property
    def n_trees(self) -> int:
        """
        Number of trees.
        """
    @property
    def seed(self) -> typing.Any:
        """
        seed of the draws
        """
    @property
    def threshold(self) -> typing.Any:
        """
        class 1 is predicted for probabilities above it
        """
    @property
    def trees(self) -> typing.Any:
        """
        the trees
        """

class GradientBoostingModel:
    """
    A fitted boosted model.
    """

    kind: typing.ClassVar[str] = "learn.gradient_boosting"
    @staticmethod
    def from_bytes(bytes: bytes) -> GradientBoostingModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def leaf_numbers(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.uint32]:
        """
        Leaf of each row (row of the result) in each tree (column), counted from 0.
        """
    def nodes(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        The nodes of one tree, depth first: rule, weight, value, children.
        """
    def predict_log_odds(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        """
        Log-odds of class 1 per row.
        """
    def predict_probability(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        """
        Probability of class 1 per row.
        """
    def predict_rows(self, x: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> numpy.typing.NDArray[numpy.float64]:
        """
        The same for a few rows of an array in training's column order, without preparing a table.
        """
    def rules(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        One rule a leaf, largest value first.
        """
    def shap(
        self, x: tenure._core.Table, background: tenure._core.Table | None = None, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
    ) -> tuple[numpy.typing.NDArray[numpy.float64], float]:
        """
        Shapley values (rows x columns) of the sum of the trees, and their base; interventional where a background table is given.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    def to_svg(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as a drawing.
        """
    def to_text(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as indented text.
        """
    @property
    def base(self) -> typing.Any:
        """
        log-odds before the first tree
        """
    @property
    def importances(self) -> typing.Any:
        """
        share of the loss removed by splits, one a column
        """
    @property
    def n_nodes(self) -> int:
        """
        Number of nodes of all trees.
        """
    @property
    def n_trees(self) -> int:
        """
        Number of trees.
        """
    @property
    def threshold(self) -> typing.Any:
        """
        class 1 is predicted for probabilities above it
        """
    @property
    def train_loss(self) -> typing.Any:
        """
        mean log-loss on the training rows, before the first tree and after each
        """
    @property
    def trees(self) -> typing.Any:
        """
        the trees
        """
    @property
    def validation_loss(self) -> typing.Any:
        """
        the same on the held-out rows
        """

class UpliftForestModel:
    """
    A fitted uplift forest.
    """

    kind: typing.ClassVar[str] = "learn.uplift_forest"
    @staticmethod
    def from_bytes(bytes: bytes) -> UpliftForestModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def leaf_numbers(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.uint32]:
        """
        Leaf of each row (row of the result) in each tree (column), counted from 0.
        """
    def nodes(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        The nodes of one tree, depth first: rule, weight, value, children.
        """
    def predict_uplift(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        """
        Uplift per row.
        """
    def rules(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        One rule a leaf, largest value first.
        """
    def shap(
        self, x: tenure._core.Table, background: tenure._core.Table | None = None, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
    ) -> tuple[numpy.typing.NDArray[numpy.float64], float]:
        """
        Shapley values (rows x columns) of the sum of the trees, and their base; interventional where a background table is given.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    def to_svg(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as a drawing.
        """
    def to_text(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as indented text.
        """
    @property
    def importances(self) -> typing.Any:
        """
        share of the gain of all splits, one a column
        """
    @property
    def n_nodes(self) -> int:
        """
        Number of nodes of all trees.
        """
    @property
    def n_trees(self) -> int:
        """
        Number of trees.
        """
    @property
    def trees(self) -> typing.Any:
        """
        the trees
        """

class RandomSurvivalForestModel:
    """
    A fitted survival forest.
    """

    kind: typing.ClassVar[str] = "survival.random_forest"
    @staticmethod
    def from_bytes(bytes: bytes) -> RandomSurvivalForestModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def leaf_numbers(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.uint32]:
        """
        Leaf of each row (row of the result) in each tree (column), counted from 0.
        """
    def nodes(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        The nodes of one tree, depth first: rule, weight, value, children.
        """
    def predict_cumulative_hazard(
        self,
        x: tenure._core.Table,
        times: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
        *,
        threads: typing.SupportsInt | typing.SupportsIndex = 1,
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        rows x times.
        """
    def predict_incidence(
        self,
        x: tenure._core.Table,
        times: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
        cause: typing.SupportsInt | typing.SupportsIndex,
        *,
        threads: typing.SupportsInt | typing.SupportsIndex = 1,
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        rows x times.
        """
    def predict_risk(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        """
        Mortality per row.
        """
    def predict_survival(
        self,
        x: tenure._core.Table,
        times: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
        *,
        threads: typing.SupportsInt | typing.SupportsIndex = 1,
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        rows x times.
        """
    def rules(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        One rule a leaf, largest value first.
        """
    def shap(
        self, x: tenure._core.Table, background: tenure._core.Table | None = None, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
    ) -> tuple[numpy.typing.NDArray[numpy.float64], float]:
        """
        Shapley values (rows x columns) of the sum of the trees, and their base; interventional where a background table is given.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    def to_svg(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as a drawing.
        """
    def to_text(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as indented text.
        """
    @property
    def bootstrap(self) -> typing.Any:
        """
        whether rows were drawn with replacement
        """
    @property
    def cause(self) -> typing.Any:
        """
        the reason that risks speak of
        """
    @property
    def causes(self) -> typing.Any:
        """
        number of reasons to leave
        """
    @property
    def hazard(self) -> typing.Any:
        """
        Nelson-Aalen increment of each entry
        """
    @property
    def hazard_begin(self) -> typing.Any:
        """
        first hazard entry of each leaf, and their number
        """
    @property
    def hazard_cause(self) -> typing.Any:
        """
        reason of each entry, counted from 0; empty when there is one
        """
    @property
    def hazard_time(self) -> typing.Any:
        """
        time of each entry, as index into times
        """
    @property
    def importances(self) -> typing.Any:
        """
        share of the log-rank gain, one a column
        """
    @property
    def max_samples(self) -> typing.Any:
        """
        share of the rows drawn for a tree
        """
    @property
    def n_nodes(self) -> int:
        """
        Number of nodes of all trees.
        """
    @property
    def n_trees(self) -> int:
        """
        Number of trees.
        """
    @property
    def seed(self) -> typing.Any:
        """
        seed of the draws
        """
    @property
    def times(self) -> typing.Any:
        """
        time grid, ascending
        """
    @property
    def trees(self) -> typing.Any:
        """
        the trees
        """

class GradientBoostingSurvivalModel:
    """
    A boosted survival model.
    """

    kind: typing.ClassVar[str] = "survival.gradient_boosting"
    @staticmethod
    def from_bytes(bytes: bytes) -> GradientBoostingSurvivalModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def leaf_numbers(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.uint32]:
        """
        Leaf of each row (row of the result) in each tree (column), counted from 0.
        """
    def nodes(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        The nodes of one tree, depth first: rule, weight, value, children.
        """
    def predict_risk(self, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1) -> numpy.typing.NDArray[numpy.float64]:
        """
        Risk per row.
        """
    def predict_survival(
        self,
        x: tenure._core.Table,
        times: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex],
        *,
        threads: typing.SupportsInt | typing.SupportsIndex = 1,
    ) -> numpy.typing.NDArray[numpy.float64]:
        """
        rows x times.
        """
    def rules(self, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> typing.Any:
        """
        One rule a leaf, largest value first.
        """
    def shap(
        self, x: tenure._core.Table, background: tenure._core.Table | None = None, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
    ) -> tuple[numpy.typing.NDArray[numpy.float64], float]:
        """
        Shapley values (rows x columns) of the sum of the trees, and their base; interventional where a background table is given.
        """
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    def to_svg(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as a drawing.
        """
    def to_text(self, digits: typing.SupportsInt | typing.SupportsIndex = 3, tree: typing.SupportsInt | typing.SupportsIndex = 0) -> str:
        """
        A tree as indented text.
        """
    @property
    def base(self) -> typing.Any:
        """
        score before the first tree
        """
    @property
    def baseline_hazard(self) -> typing.Any:
        """
        cumulative hazard at those times at log relative hazard 0
        """
    @property
    def importances(self) -> typing.Any:
        """
        share of the loss removed by splits, one a column
        """
    @property
    def loss(self) -> typing.Any:
        """
        what was minimised
        """
    @property
    def n_nodes(self) -> int:
        """
        Number of nodes of all trees.
        """
    @property
    def n_trees(self) -> int:
        """
        Number of trees.
        """
    @property
    def scale(self) -> typing.Any:
        """
        scale of log time
        """
    @property
    def times(self) -> typing.Any:
        """
        times of events, ascending
        """
    @property
    def train_loss(self) -> typing.Any:
        """
        mean training loss before the first tree and after each
        """
    @property
    def trees(self) -> typing.Any:
        """
        the trees
        """
    @property
    def validation_loss(self) -> typing.Any:
        """
        mean held-out loss before the first tree and after each
        """

def cost_complexity_path(
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> typing.Any: ...
def cross_validate_pruning(
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    folds: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> typing.Any: ...
def fit_chaid(
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> ChaidModel: ...
def fit_decision_tree(
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> DecisionTreeModel: ...
def fit_gradient_boosting(
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> GradientBoostingModel: ...
def fit_random_forest(
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    groups: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> RandomForestModel: ...
def fit_random_survival_forest(
    x: tenure._core.Table,
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> RandomSurvivalForestModel: ...
def fit_survival_boosting(
    x: tenure._core.Table,
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    entry: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> GradientBoostingSurvivalModel: ...
def fit_uplift_forest(
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    treatment: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> UpliftForestModel: ...
def nearest_by_proximity(
    model: RandomForestModel,
    x: tenure._core.Table,
    k: typing.SupportsInt | typing.SupportsIndex,
    reference: tenure._core.Table | None = None,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    groups: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> tuple[numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[numpy.float32]]:
    """
    (rows, proximities) of the k rows that each row meets most often.
    """

def out_of_bag_probability(
    model: RandomForestModel,
    x: tenure._core.Table,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    groups: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
def out_of_bag_risk(
    model: RandomSurvivalForestModel,
    x: tenure._core.Table,
    time: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    event: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]],
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float64]: ...
def proximity(
    model: RandomForestModel,
    x: tenure._core.Table,
    reference: tenure._core.Table | None = None,
    y: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    groups: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> numpy.typing.NDArray[numpy.float32]:
    """
    Share of trees in which two rows meet; out of bag where y is given.
    """
