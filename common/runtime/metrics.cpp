// Counting, and writing it down.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/metrics.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

namespace vivi {
namespace {

/// Exposition format 0.0.4, "Comments, help text, and type information": a label value escapes backslash, quote and line feed.
void append_label_value(std::string& text, std::string_view value) {
    for (const char c : value) {
        if (c == '\\')
            text += "\\\\";
        else if (c == '"')
            text += "\\\"";
        else if (c == '\n')
            text += "\\n";
        else
            text += c;
    }
}

std::string render_labels(const Labels& labels) {
    std::string text;
    for (const auto& [name, value] : labels) {
        if (!text.empty()) text += ',';
        text.append(name).append("=\"");
        append_label_value(text, value);
        text += '"';
    }
    return text;
}

/// As Go's ParseFloat reads it: shortest form, or +Inf, -Inf, NaN.
std::string render_number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

void append_sample(std::string& text, std::string_view name, std::string_view labels, std::string_view value) {
    text += name;
    if (!labels.empty()) text.append("{").append(labels).append("}");
    text.append(" ").append(value).append("\n");
}

std::string_view name_of(Metrics::Kind kind) {
    switch (kind) {
        case Metrics::Kind::Counter: return "counter";
        case Metrics::Kind::Gauge: return "gauge";
        case Metrics::Kind::Histogram: return "histogram";
    }
    return "untyped";
}

}  // namespace

void Metrics::declare(std::string name, Kind kind, std::string help, std::vector<double> buckets) {
    assert((kind == Kind::Histogram) == !buckets.empty() && std::ranges::is_sorted(buckets));
    families_.insert_or_assign(std::move(name), Family{.kind = kind, .help = std::move(help), .bounds = std::move(buckets)});
}

Metrics::Family& Metrics::family(std::string_view name) {
    const auto found = families_.find(name);
    assert(found != families_.end());
    return found->second;
}

Metrics::Series& Metrics::series(Family& family, const Labels& labels) {
    auto key = render_labels(labels);
    if (const auto known = family.series.find(key); known != family.series.end()) return known->second;
    if (family.series.size() >= most_series) {
        auto others = labels;
        for (auto& label : others) label.second = "other";
        key = render_labels(others);
    }
    auto& made = family.series[key];
    made.labels = key;
    made.buckets.resize(family.bounds.size());
    return made;
}

void Metrics::add(std::string_view name, const Labels& labels, double amount) {
    assert(amount >= 0);
    series(family(name), labels).value += amount;
}

void Metrics::set(std::string_view name, const Labels& labels, double value) { series(family(name), labels).value = value; }

void Metrics::observe(std::string_view name, const Labels& labels, double value) {
    auto& of = family(name);
    auto& into = series(of, labels);
    const auto bound = std::ranges::lower_bound(of.bounds, value);  // `le`: a value at the bound is in it.
    if (bound != of.bounds.end()) ++into.buckets[static_cast<std::size_t>(bound - of.bounds.begin())];
    into.value += value;
    ++into.count;
}

std::string Metrics::render() const {
    std::string text;
    for (const auto& [name, family] : families_) {
        text.append("# HELP ").append(name).append(" ").append(family.help).append("\n");
        text.append("# TYPE ").append(name).append(" ").append(name_of(family.kind)).append("\n");
        for (const auto& [key, one] : family.series) {
            if (family.kind != Kind::Histogram) {
                append_sample(text, name, one.labels, render_number(one.value));
                continue;
            }
            const auto prefix = one.labels.empty() ? std::string{} : one.labels + ",";
            std::uint64_t below = 0;
            for (std::size_t i = 0; i < family.bounds.size(); ++i) {
                below += one.buckets[i];
                append_sample(text, name + "_bucket", prefix + "le=\"" + render_number(family.bounds[i]) + "\"",
                              std::to_string(below));
            }
            append_sample(text, name + "_bucket", prefix + "le=\"+Inf\"", std::to_string(one.count));
            append_sample(text, name + "_sum", one.labels, render_number(one.value));
            append_sample(text, name + "_count", one.labels, std::to_string(one.count));
        }
    }
    return text;
}

}  // namespace vivi
