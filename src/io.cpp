// The compiled mode of the family: every definition, once.
#include "tenure/io/arrow-inl.hpp"
#include "tenure/io/value-inl.hpp"
