// The compiled mode of the family: every definition, once.
#include "tenure/io/value-inl.hpp"
