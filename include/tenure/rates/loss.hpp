#pragma once

#include <vector>

#include "tenure/core/views.hpp"
#include "tenure/rates/churn_rate.hpp"

namespace tenure::inline TENURE_ABI::rates {

/// A class of lost customers: their share of all lost, and what one of them turned over in a period.
struct turnover_class {
  double share = 1;
  double amount = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("share", self.share, between(0, 1), "share of the lost customers");
    visit("amount", self.amount, at_least(0), "turnover of one customer in one period");
  }
};

struct loss_options {
  double profit_rate = 1;       // profit per unit of turnover
  double periods = 1;           // how many periods the loss is counted for
  double survival = 1;          // chance that a customer would have stayed from one period to the next
  double discount = 0;          // interest a period
  double return_chance = 0;     // chance that a lost customer comes back by himself
  double replacement_cost = 0;  // cost of winning one new customer
  double fixed_cost = 0;        // fixed cost that one customer carried a period

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("profit_rate", self.profit_rate, between(-1, 1), "profit per unit of turnover");
    visit("periods", self.periods, at_least(1), "how many periods the loss is counted for");
    visit("survival", self.survival, between(0, 1), "chance that a customer would have stayed from one period to the next");
    visit("discount", self.discount, at_least(0), "interest a period");
    visit("return_chance", self.return_chance, between(0, 1), "chance that a lost customer comes back by himself");
    visit("replacement_cost", self.replacement_cost, at_least(0), "cost of winning one new customer");
    visit("fixed_cost", self.fixed_cost, at_least(0), "fixed cost that one customer carried a period");
  }
};

/// What the lost customers cost.
struct loss_result {
  double lost = 0, lost_revenue = 0, loss = 0, replacement = 0, fixed_cost = 0, total = 0;
  std::vector<double> revenue_by_class, loss_by_class;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("lost", self.lost, "lost customers");
    visit("lost_revenue", self.lost_revenue, "their turnover over the periods counted, discounted");
    visit("loss", self.loss, "their profit: lost revenue x profit rate");
    visit("replacement", self.replacement, "cost of winning as many new customers");
    visit("fixed_cost", self.fixed_cost, "fixed cost that the others carry now");
    visit("total", self.total, "loss + replacement + fixed_cost");
    visit("revenue_by_class", self.revenue_by_class, "lost revenue of each class of customers");
    visit("loss_by_class", self.loss_by_class, "loss of each class of customers");
  }
};

/// The loss through churn: turnover of the lost customers x profit rate, for `periods` = 1. Over H periods the turnover is multiplied
/// by (1 - return_chance) x sum over t < H of (survival / (1 + discount))^t; a last part of a period counts in proportion. Shares must
/// add up to 1. Errors: invalid_input for shares that do not, and for negative amounts.
loss_result churn_loss(double lost, const std::vector<turnover_class>& turnover, const loss_options& options = {});

/// The same customer by customer: `turnover` of each lost customer, and `profit_rate` of each (empty: options.profit_rate for all).
loss_result churn_loss(column_view<double> turnover, column_view<double> profit_rate, const loss_options& options = {});

}  // namespace tenure::inline TENURE_ABI::rates

#ifndef TENURE_COMPILED
#include "tenure/rates/loss-inl.hpp"
#endif
