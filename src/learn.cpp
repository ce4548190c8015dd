// The compiled mode of the family: every definition, once.
#include "tenure/learn/calibration-inl.hpp"
#include "tenure/learn/decision_tree-inl.hpp"
#include "tenure/learn/gradient_boosting-inl.hpp"
#include "tenure/learn/logistic-inl.hpp"
#include "tenure/learn/logistic_inference-inl.hpp"
#include "tenure/learn/logistic_path-inl.hpp"
#include "tenure/learn/logistic_statistic-inl.hpp"
#include "tenure/learn/random_forest-inl.hpp"
