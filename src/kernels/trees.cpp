// The hot loops of the family.
#include "tenure/trees/kernels-inl.hpp"
#include "tenure/trees/shap_kernel-inl.hpp"
