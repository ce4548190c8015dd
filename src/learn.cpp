// The compiled mode of the family: every definition, once.
#include "tenure/learn/calibration-inl.hpp"
#include "tenure/learn/logistic-inl.hpp"
#include "tenure/learn/logistic_inference-inl.hpp"
#include "tenure/learn/logistic_path-inl.hpp"
#include "tenure/learn/logistic_statistic-inl.hpp"
