#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "tenure/core/error.hpp"
#include "tenure/trees/print.hpp"

namespace tenure::inline TENURE_ABI::trees {

namespace detail {

inline std::string fixed(double x, int digits) {
  char text[400];
  const auto [end, problem] = std::to_chars(text, text + sizeof text, x, std::chars_format::fixed, digits);
  return problem == std::errc() ? std::string(text, end) : format_number(x);
}

/// A weight as people write counts: whole numbers with separators, others with one decimal.
inline std::string count_text(double weight) {
  const bool whole = weight == std::floor(weight);
  std::string text = fixed(weight, whole ? 0 : 1);
  std::size_t point = text.find('.');
  for (std::size_t at = point == std::string::npos ? text.size() : point; at > 3; at -= 3)
    text.insert(at - 3, ",");
  return text;
}

inline std::string xml_escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// What a path from the root leaves open for one column.
struct column_range {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  std::vector<std::uint8_t> levels;  // by level: still possible
  bool missing = true, used = false;
};

inline std::string range_text(const tree_column& column, const column_range& range) {
  const std::string& name = column.schema.name;
  if (column.schema.categorical) {
    std::string list;
    int possible = 0;
    for (std::size_t level = 0; level < range.levels.size(); ++level) {
      if (!range.levels[level]) continue;
      ++possible;
      list += (list.empty() ? "" : ", ") + column.schema.levels[level];
    }
    if (possible == 0) return name + " missing";
    if (possible == 1) return name + " = " + list;
    return name + " in {" + list + "}";
  }
  const bool low = range.low > -std::numeric_limits<double>::infinity(), high = range.high < std::numeric_limits<double>::infinity();
  if (range.low >= range.high) return name + " missing";
  if (low && high) return format_number(range.low) + " < " + name + " <= " + format_number(range.high);
  if (high) return name + " <= " + format_number(range.high);
  if (low) return name + " > " + format_number(range.low);
  return name + (range.missing ? " any" : " known");
}

class rule_writer {
 public:
  rule_writer(const tree_ensemble& model, std::size_t tree) : model_(model), tree_(tree), list_(summarise(model, tree)), ranges_(model.columns.size()) {
    for (std::size_t j = 0; j < ranges_.size(); ++j)
      ranges_[j].levels.assign(model.columns[j].level_codes.size(), 1);
  }

  std::vector<leaf_rule> all() {
    struct step {
      std::size_t node;
      std::vector<column_range> ranges;
    };
    std::vector<step> open{{0, ranges_}};
    std::vector<leaf_rule> out;
    while (!open.empty()) {
      const step at = std::move(open.back());
      open.pop_back();
      const node_summary& s = list_[at.node];
      if (s.leaf) {
        out.push_back({text(at.ranges), s.value, s.weight});
        continue;
      }
      open.push_back({s.right, narrowed(at.ranges, at.node, false)});
      open.push_back({s.left, narrowed(at.ranges, at.node, true)});
    }
    std::stable_sort(out.begin(), out.end(), [](const leaf_rule& a, const leaf_rule& b) { return a.probability > b.probability; });
    return out;
  }

 private:
  std::vector<column_range> narrowed(std::vector<column_range> ranges, std::size_t at, bool left) const {
    const tree_node n = model_.node(model_.tree_begin[tree_] + at);
    const tree_column& column = model_.columns[n.feature];
    column_range& range = ranges[n.feature];
    range.used = true;
    range.missing = range.missing && model_.goes_left(tree_, n, 0) == left;
    if (n.categorical) {
      for (std::size_t level = 0; level < range.levels.size(); ++level)
        if (model_.goes_left(tree_, n, column.level_codes[level]) != left) range.levels[level] = 0;
    } else if (left) {
      range.high = std::min(range.high, column.cuts[n.split]);
    } else {
      range.low = std::max(range.low, column.cuts[n.split]);
    }
    return ranges;
  }

  std::string text(const std::vector<column_range>& ranges) const {
    std::string out;
    for (std::size_t j = 0; j < ranges.size(); ++j)
      if (ranges[j].used) out += (out.empty() ? "" : " and ") + range_text(model_.columns[j], ranges[j]);
    return out.empty() ? "all" : out;
  }

  const tree_ensemble& model_;
  std::size_t tree_;
  std::vector<node_summary> list_;
  std::vector<column_range> ranges_;
};

}  // namespace detail

TENURE_INLINE std::vector<leaf_rule> rules_of(const tree_ensemble& model, std::size_t tree) { return detail::rule_writer(model, tree).all(); }

TENURE_INLINE std::string to_text(const tree_ensemble& model, std::size_t tree, int digits) {
  const auto list = summarise(model, tree);
  std::string out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const node_summary& s = list[i];
    std::string line(2 * s.depth, ' ');
    if (i > 0) line += list[s.parent].left == i ? "yes -> " : "no  -> ";
    if (!s.leaf) line += s.rule + ": ";
    out += line + detail::fixed(s.value, digits) + " of " + detail::count_text(s.weight) + (i + 1 < list.size() ? "\n" : "");
  }
  return out;
}

TENURE_INLINE std::string to_svg(const tree_ensemble& model, std::size_t tree, int digits) {
  const auto list = summarise(model, tree);
  const double width = 180, height = 52, gap_x = 16, gap_y = 36;
  std::vector<double> x(list.size());
  std::size_t leaves = 0, deepest = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    deepest = std::max(deepest, list[i].depth);
    if (list[i].leaf) x[i] = static_cast<double>(leaves++) * (width + gap_x);
  }
  for (std::size_t i = list.size(); i-- > 0;)
    if (!list[i].leaf) x[i] = (x[list[i].left] + x[list[i].right]) / 2;
  const auto y = [&](std::size_t i) { return static_cast<double>(list[i].depth) * (height + gap_y); };
  const auto number = [](double v) { return detail::fixed(v, 1); };
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"decision tree\" font-family=\"system-ui, sans-serif\" font-size=\"12\" "
      "color=\"currentColor\" viewBox=\"-4 -4 " +
      number(static_cast<double>(leaves) * (width + gap_x) - gap_x + 8) + " " + number(static_cast<double>(deepest + 1) * (height + gap_y) - gap_y + 8) +
      "\">\n";
  for (std::size_t i = 1; i < list.size(); ++i) {
    const std::size_t up = list[i].parent;
    svg += "<path fill=\"none\" stroke=\"#888\" d=\"M" + number(x[up] + width / 2) + " " + number(y(up) + height) + "V" + number(y(i) - gap_y / 2) + "H" +
           number(x[i] + width / 2) + "V" + number(y(i)) + "\"/>";
    svg += "<text fill=\"currentColor\" x=\"" + number(x[i] + width / 2 + 4) + "\" y=\"" + number(y(i) - 5) + "\">" + (list[up].left == i ? "yes" : "no") +
           "</text>\n";
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const node_summary& s = list[i];
    const std::string label = s.leaf ? "" : (s.rule.size() > 28 ? s.rule.substr(0, 27) + "\xE2\x80\xA6" : s.rule);
    svg += "<g transform=\"translate(" + number(x[i]) + " " + number(y(i)) + ")\"><title>" + detail::xml_escape(s.leaf ? "leaf" : s.rule) +
           "</title><rect width=\"" + number(width) + "\" height=\"" + number(height) + "\" rx=\"6\" fill=\"none\" stroke=\"#888\"/><rect y=\"" +
           number(height - 6) + "\" width=\"" + number(width * std::clamp(s.value, 0.0, 1.0)) + "\" height=\"6\" fill=\"#d55e00\"/>";
    if (!label.empty()) svg += "<text fill=\"currentColor\" x=\"8\" y=\"18\">" + detail::xml_escape(label) + "</text>";
    svg += "<text fill=\"currentColor\" x=\"8\" y=\"36\">" + detail::fixed(s.value, digits) + " of " + detail::count_text(s.weight) + "</text></g>\n";
  }
  return svg + "</svg>";
}

}  // namespace tenure::inline TENURE_ABI::trees
