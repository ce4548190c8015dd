// The compiled mode of the family: every definition, once.
#include "tenure/numeric/cross_products-inl.hpp"
#include "tenure/numeric/distributions-inl.hpp"
#include "tenure/numeric/linear-inl.hpp"
#include "tenure/numeric/sort-inl.hpp"
#include "tenure/numeric/syrk-inl.hpp"
