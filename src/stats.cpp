// The compiled mode of the family: every definition, once.
#include "tenure/stats/multiplicity-inl.hpp"
#include "tenure/stats/proportion-inl.hpp"
