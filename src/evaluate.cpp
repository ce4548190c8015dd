// The compiled mode of the family: every definition, once.
#include "tenure/evaluate/probability-inl.hpp"
#include "tenure/evaluate/profit-inl.hpp"
#include "tenure/evaluate/ranking-inl.hpp"
#include "tenure/evaluate/resample-inl.hpp"
#include "tenure/evaluate/threshold-inl.hpp"
#include "tenure/evaluate/uplift-inl.hpp"
