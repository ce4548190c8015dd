// The compiled mode of the family: every definition, once.
#include "tenure/alert/alarms-inl.hpp"
#include "tenure/alert/limit-inl.hpp"
#include "tenure/alert/stability-inl.hpp"
#include "tenure/alert/tiers-inl.hpp"
