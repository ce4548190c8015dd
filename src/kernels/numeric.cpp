// Kernels with run-time dispatch: compiled once per instruction set.
#include "tenure/numeric/kernels-inl.hpp"
