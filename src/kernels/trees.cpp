// The hot loops of the family.
#include "tenure/trees/kernels-inl.hpp"
