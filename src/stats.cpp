#include "tenure/stats/multiplicity-inl.hpp"
#include "tenure/stats/proportion-inl.hpp"
