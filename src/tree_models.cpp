// The compiled mode of the tree models of `learn` and `survival`: every definition, once.
#include "tenure/learn/decision_tree-inl.hpp"
#include "tenure/learn/gradient_boosting-inl.hpp"
#include "tenure/learn/random_forest-inl.hpp"
#include "tenure/survival/random_forest-inl.hpp"
