// The compiled mode of the family: every definition, once.
#include "tenure/rules/class_rules-inl.hpp"
#include "tenure/rules/items-inl.hpp"
#include "tenure/rules/itemsets-inl.hpp"
#include "tenure/rules/measures-inl.hpp"
#include "tenure/rules/partition-inl.hpp"
#include "tenure/rules/rules-inl.hpp"
#include "tenure/rules/sequences-inl.hpp"
#include "tenure/rules/transactions-inl.hpp"
