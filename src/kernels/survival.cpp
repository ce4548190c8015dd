// The hot loops of the family, once per instruction set.
#include "tenure/survival/kernels-inl.hpp"
