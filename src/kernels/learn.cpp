// The hot loops of the family, once per instruction set.
#include "tenure/learn/kernels-inl.hpp"
