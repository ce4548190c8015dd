// The compiled mode of the family: every definition, once.
#include "tenure/survival/concordance-inl.hpp"
#include "tenure/survival/cox-inl.hpp"
#include "tenure/survival/cox_residuals-inl.hpp"
#include "tenure/survival/curve-inl.hpp"
#include "tenure/survival/event_counts-inl.hpp"
#include "tenure/survival/log_rank-inl.hpp"
#include "tenure/survival/outcome-inl.hpp"
#include "tenure/survival/scores-inl.hpp"
