// The hot loops of the family, compiled for several instruction sets.
#include "tenure/cluster/kernels-inl.hpp"
