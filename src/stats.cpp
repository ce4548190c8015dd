// The compiled mode of the family: every definition, once.
#include "tenure/stats/association-inl.hpp"
#include "tenure/stats/contingency-inl.hpp"
#include "tenure/stats/correlation-inl.hpp"
#include "tenure/stats/groups-inl.hpp"
#include "tenure/stats/multiplicity-inl.hpp"
#include "tenure/stats/proportion-inl.hpp"
