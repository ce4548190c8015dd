// The compiled mode of the family: every definition, once.
#include "tenure/trees/bins-inl.hpp"
#include "tenure/trees/ensemble-inl.hpp"
#include "tenure/trees/print-inl.hpp"
#include "tenure/trees/proximity-inl.hpp"
#include "tenure/trees/shap-inl.hpp"
