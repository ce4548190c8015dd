"""
Groups of customers.
"""

from __future__ import annotations

import collections.abc
import typing

import numpy
import numpy.typing

import tenure._core

__all__: list[str] = [
    "DBSCANModel",
    "HDBSCANModel",
    "KMeansModel",
    "KMeansPass",
    "LinkageModel",
    "MedoidsModel",
    "MixtureModel",
    "MixturePass",
    "PrototypesModel",
    "adjusted_rand_score",
    "approximate_predict",
    "begin_kmeans",
    "calinski_harabasz_score",
    "clusters_below",
    "cut_tree",
    "davies_bouldin_score",
    "dunn_score",
    "fit_dbscan",
    "fit_hdbscan",
    "fit_kmeans",
    "fit_linkage",
    "fit_medoids",
    "fit_minibatch_kmeans",
    "fit_mixture",
    "fit_prototypes",
    "kmeans_distances",
    "kmeans_inertia",
    "kmeans_model",
    "kmeans_options",
    "medoid_distances",
    "mixture_densities",
    "mixture_model",
    "normalized_mutual_info_score",
    "predict_kmeans",
    "predict_prototypes",
    "silhouette_samples",
    "silhouette_score",
    "simplified_silhouette_score",
    "update_kmeans",
]

class KMeansModel:
    """
    k centres and what training found about them.
    """

    kind: typing.ClassVar[str] = "cluster.kmeans"
    @staticmethod
    def from_bytes(bytes: bytes) -> KMeansModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def centres(self) -> typing.Any:
        """
        one row a cluster
        """
    @property
    def columns(self) -> typing.Any:
        """
        the columns of training
        """
    @property
    def converged(self) -> typing.Any:
        """
        whether the best start came to rest before max_iterations
        """
    @property
    def inertia(self) -> typing.Any:
        """
        sum of weight x squared distance to the nearest centre
        """
    @property
    def iterations(self) -> typing.Any:
        """
        iterations of the best start
        """
    @property
    def weights(self) -> typing.Any:
        """
        total weight of the rows of each cluster
        """

class KMeansPass:
    """
    One pass of Lloyd's iteration over data that come in chunks: add, merge, finish.
    """
    def __init__(self, model: KMeansModel) -> None: ...
    def add(
        self,
        x: tenure._core.Table,
        weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        *,
        threads: typing.SupportsInt | typing.SupportsIndex = 1,
    ) -> None: ...
    def finish(self) -> KMeansModel: ...
    def merge(self, other: KMeansPass) -> None: ...

class DBSCANModel:
    """
    Clusters of dense rows.
    """

    kind: typing.ClassVar[str] = "cluster.dbscan"
    @staticmethod
    def from_bytes(bytes: bytes) -> DBSCANModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def clusters(self) -> typing.Any:
        """
        number of clusters
        """
    @property
    def columns(self) -> typing.Any:
        """
        the columns of training
        """
    @property
    def core(self) -> typing.Any:
        """
        core rows, ascending
        """
    @property
    def labels(self) -> typing.Any:
        """
        the cluster of every row, -1 for noise
        """

class HDBSCANModel:
    """
    Clusters of a density hierarchy.
    """

    kind: typing.ClassVar[str] = "cluster.hdbscan"
    @staticmethod
    def from_bytes(bytes: bytes) -> HDBSCANModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def columns(self) -> typing.Any:
        """
        the columns of training
        """
    @property
    def core_distance(self) -> typing.Any:
        """
        distance to the min_samples-th nearest row
        """
    @property
    def labels(self) -> typing.Any:
        """
        the cluster of every row, -1 for noise
        """
    @property
    def min_samples(self) -> typing.Any:
        """
        rows in a core distance, the row itself counted
        """
    @property
    def persistence(self) -> typing.Any:
        """
        stability of every selected cluster
        """
    @property
    def probabilities(self) -> typing.Any:
        """
        how firmly a row belongs to its cluster, 0 to 1
        """
    @property
    def row_cluster(self) -> typing.Any:
        """
        the cluster of the tree that a row leaves last
        """
    @property
    def rows(self) -> typing.Any:
        """
        training data
        """
    @property
    def tree(self) -> typing.Any:
        """
        the condensed tree, parents before children
        """

class LinkageModel:
    """
    A dendrogram.
    """

    kind: typing.ClassVar[str] = "cluster.linkage"
    @staticmethod
    def from_bytes(bytes: bytes) -> LinkageModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def columns(self) -> typing.Any:
        """
        the columns of training
        """
    @property
    def merges(self) -> typing.Any:
        """
        (n - 1) x 4: the two clusters, height, rows
        """
    @property
    def method(self) -> typing.Any:
        """
        linkage method
        """

class MixtureModel:
    """
    A mixture of normal distributions.
    """

    kind: typing.ClassVar[str] = "cluster.mixture"
    @staticmethod
    def from_bytes(bytes: bytes) -> MixtureModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def columns(self) -> typing.Any:
        """
        the columns of training
        """
    @property
    def converged(self) -> typing.Any:
        """
        whether the gain fell below the tolerance
        """
    @property
    def covariance(self) -> typing.Any:
        """
        form of the covariance matrices
        """
    @property
    def degrees(self) -> float:
        """
        Free parameters.
        """
    @property
    def iterations(self) -> typing.Any:
        """
        EM steps of the best start
        """
    @property
    def log_likelihood(self) -> typing.Any:
        """
        mean log-likelihood a row before the last step
        """
    @property
    def parameters(self) -> typing.Any:
        """
        weights, means, covariances
        """

class MixturePass:
    """
    One EM step over data that come in chunks: add, merge, finish.
    """
    def __init__(self, model: MixtureModel) -> None: ...
    def add(
        self,
        x: tenure._core.Table,
        weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
        *,
        threads: typing.SupportsInt | typing.SupportsIndex = 1,
    ) -> None: ...
    def finish(self, regularisation: typing.SupportsFloat | typing.SupportsIndex = 1e-06) -> MixtureModel: ...
    def merge(self, other: MixturePass) -> None: ...

class MedoidsModel:
    """
    k rows that stand for the others.
    """

    kind: typing.ClassVar[str] = "cluster.medoids"
    @staticmethod
    def from_bytes(bytes: bytes) -> MedoidsModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def columns(self) -> typing.Any:
        """
        the columns of training
        """
    @property
    def converged(self) -> typing.Any:
        """
        whether no swap is left that would help
        """
    @property
    def iterations(self) -> typing.Any:
        """
        passes over all candidates
        """
    @property
    def loss(self) -> typing.Any:
        """
        sum of distances to the nearest medoid
        """
    @property
    def medoids(self) -> typing.Any:
        """
        values of the medoids
        """
    @property
    def metric(self) -> typing.Any:
        """
        distance of two rows
        """
    @property
    def ranges(self) -> typing.Any:
        """
        column ranges of Gower's distance
        """
    @property
    def rows(self) -> typing.Any:
        """
        rows of training that are the medoids
        """

class PrototypesModel:
    """
    k prototypes of numbers and levels.
    """

    kind: typing.ClassVar[str] = "cluster.prototypes"
    @staticmethod
    def from_bytes(bytes: bytes) -> PrototypesModel: ...
    def __eq__(self, other: typing.Any) -> bool: ...
    def __getstate__(self) -> bytes: ...
    def __setstate__(self, arg0: bytes) -> None: ...
    def to_bytes(self, notes: typing.Any = None) -> bytes:
        """
        The bytes of a model file; `notes` (plain data and arrays) travels along.
        """
    def to_dict(self) -> typing.Any:
        """
        All fields.
        """
    @property
    def columns(self) -> typing.Any:
        """
        the columns of training
        """
    @property
    def converged(self) -> typing.Any:
        """
        whether no row changed its cluster in the last iteration
        """
    @property
    def cost(self) -> typing.Any:
        """
        sum of weight x distance to the nearest prototype
        """
    @property
    def gamma(self) -> typing.Any:
        """
        cost of a differing level
        """
    @property
    def iterations(self) -> typing.Any:
        """
        iterations of the best start
        """
    @property
    def prototypes(self) -> typing.Any:
        """
        means of numbers, codes of the most frequent level; NaN where a cluster has only missing values
        """
    @property
    def weights(self) -> typing.Any:
        """
        weight of the rows of each cluster
        """

def adjusted_rand_score(
    labels_true: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], labels_pred: typing.Annotated[numpy.typing.ArrayLike, numpy.int64]
) -> float: ...
def approximate_predict(
    model: HDBSCANModel, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> tuple[numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[numpy.float64]]: ...
def begin_kmeans(
    x: tenure._core.Table,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    **kwargs,
) -> KMeansModel: ...
def calinski_harabasz_score(
    x: tenure._core.Table, labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> float: ...
def clusters_below(model: LinkageModel, height: typing.SupportsFloat | typing.SupportsIndex) -> int: ...
def cut_tree(model: LinkageModel, clusters: typing.SupportsInt | typing.SupportsIndex) -> numpy.typing.NDArray[numpy.int64]: ...
def davies_bouldin_score(
    x: tenure._core.Table, labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> float: ...
def dunn_score(
    x: tenure._core.Table, labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> float: ...
def fit_dbscan(
    x: tenure._core.Table,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> DBSCANModel: ...
def fit_hdbscan(x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1, progress: typing.Any = None, **kwargs) -> HDBSCANModel: ...
def fit_kmeans(
    x: tenure._core.Table,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    centres: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> tuple[KMeansModel, numpy.typing.NDArray[numpy.int32]]: ...
def fit_linkage(
    x: tenure._core.Table, method: str = "ward", *, threads: typing.SupportsInt | typing.SupportsIndex = 1, progress: typing.Any = None
) -> LinkageModel: ...
def fit_medoids(
    x: tenure._core.Table,
    rows: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> tuple[MedoidsModel, numpy.typing.NDArray[numpy.int32]]: ...
def fit_minibatch_kmeans(
    x: tenure._core.Table,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    centres: typing.Annotated[numpy.typing.ArrayLike, numpy.float64] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> tuple[KMeansModel, numpy.typing.NDArray[numpy.int32]]: ...
def fit_mixture(
    x: tenure._core.Table,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    parameters: typing.Any = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> MixtureModel: ...
def fit_prototypes(
    x: tenure._core.Table,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    rows: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
    **kwargs,
) -> tuple[PrototypesModel, numpy.typing.NDArray[numpy.int32]]: ...
def kmeans_distances(
    model: KMeansModel, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> numpy.typing.NDArray[numpy.float64]: ...
def kmeans_inertia(
    model: KMeansModel,
    x: tenure._core.Table,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> float: ...
def kmeans_model(x: tenure._core.Table, centres: typing.Annotated[numpy.typing.ArrayLike, numpy.float64]) -> KMeansModel:
    """
    A model with given centres and no rows yet; x says which columns.
    """

def kmeans_options() -> list: ...
def medoid_distances(
    model: MedoidsModel, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> numpy.typing.NDArray[numpy.float64]: ...
def mixture_densities(
    model: MixtureModel, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> tuple[numpy.typing.NDArray[numpy.float64], numpy.typing.NDArray[numpy.float64]]: ...
def mixture_model(x: tenure._core.Table, parameters: typing.Any, covariance: str) -> MixtureModel:
    """
    A model with given parameters and no steps yet; x says which columns.
    """

def normalized_mutual_info_score(
    labels_true: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], labels_pred: typing.Annotated[numpy.typing.ArrayLike, numpy.int64]
) -> float: ...
def predict_kmeans(
    model: KMeansModel, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> numpy.typing.NDArray[numpy.int32]: ...
def predict_prototypes(
    model: PrototypesModel, x: tenure._core.Table, *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> numpy.typing.NDArray[numpy.int32]: ...
def silhouette_samples(
    x: tenure._core.Table,
    labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
) -> numpy.typing.NDArray[numpy.float64]: ...
def silhouette_score(
    x: tenure._core.Table,
    labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64],
    *,
    sample_size: typing.SupportsInt | typing.SupportsIndex = 0,
    seed: typing.SupportsInt | typing.SupportsIndex = 0,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
    progress: typing.Any = None,
) -> float: ...
def simplified_silhouette_score(
    x: tenure._core.Table, labels: typing.Annotated[numpy.typing.ArrayLike, numpy.int64], *, threads: typing.SupportsInt | typing.SupportsIndex = 1
) -> float: ...
def update_kmeans(
    model: KMeansModel,
    x: tenure._core.Table,
    weight: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]] | None = None,
    *,
    threads: typing.SupportsInt | typing.SupportsIndex = 1,
) -> KMeansModel: ...
