// The hot loops of the family.
#include "tenure/trees/code_kernel-inl.hpp"
#include "tenure/trees/kernels-inl.hpp"
#include "tenure/trees/level_walk-inl.hpp"
#include "tenure/trees/shap_kernel-inl.hpp"
