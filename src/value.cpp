// The compiled mode of the family: every definition, once.
#include "tenure/value/bg_nbd-inl.hpp"
#include "tenure/value/fit_report-inl.hpp"
#include "tenure/value/gamma_gamma-inl.hpp"
#include "tenure/value/lifetime_value-inl.hpp"
#include "tenure/value/pareto_nbd-inl.hpp"
#include "tenure/value/purchases-inl.hpp"
#include "tenure/value/retention_curve-inl.hpp"
#include "tenure/value/rfm-inl.hpp"
