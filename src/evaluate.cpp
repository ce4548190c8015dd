// The compiled mode of the family: every definition, once.
#include "tenure/evaluate/probability-inl.hpp"
#include "tenure/evaluate/ranking-inl.hpp"
