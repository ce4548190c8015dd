// The hot loops of the family, once per instruction set.
#include "tenure/evaluate/kernels-inl.hpp"
