// The compiled mode of the family: every definition, once.
#include "tenure/core/describe-inl.hpp"
#include "tenure/core/error-inl.hpp"
#include "tenure/core/parallel-inl.hpp"
#include "tenure/core/table-inl.hpp"
