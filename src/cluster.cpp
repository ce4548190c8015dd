// The compiled mode of the family: every definition, once.
#include "tenure/cluster/dbscan-inl.hpp"
#include "tenure/cluster/hdbscan-inl.hpp"
#include "tenure/cluster/kmeans-inl.hpp"
#include "tenure/cluster/linkage-inl.hpp"
#include "tenure/cluster/minibatch-inl.hpp"
#include "tenure/cluster/scores-inl.hpp"
