// Compiled once per instruction set and chosen at load time.
#include "tenure/rules/kernels-inl.hpp"
