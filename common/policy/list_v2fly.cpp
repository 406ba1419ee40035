// Lists of the v2fly community: names with attributes, and lists inside lists.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/policy/list_lines.hpp"

namespace vivi::policy {
namespace {

constexpr std::size_t most_depth = 8, most_included_bytes = std::size_t{64} << 20;

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const auto word : words) text.append(text.empty() ? "" : " ").append(word);
    return text;
}

}  // namespace

void V2flyReader::read(std::string_view text) { read_text(text, {}); }

void V2flyReader::read_text(std::string_view text, std::string_view place) {
    for_each_line(text, sink_, place, [this](std::string_view line) { read_line(trim(line.substr(0, line.find('#')))); });
}

void V2flyReader::read_line(std::string_view line) {
    const auto rule = take_word(line);
    if (rule.empty()) return;
    Attributes attributes;
    for (auto word = take_word(line); !word.empty(); word = take_word(line)) {
        if (word.starts_with('&')) continue;  // The other lists it is in.
        if (!word.starts_with('@') || word.size() == 1) return sink_.invalid("neither a name nor an attribute");
        attributes.push_back(word.substr(1));
    }
    if (rule.starts_with("include:")) return read_include(rule.substr(8), attributes);
    if (is_let_through(attributes)) read_name(rule, attributes);
}

void V2flyReader::read_name(std::string_view rule, const Attributes& attributes) {
    const auto colon = rule.find(':');
    const auto kind = colon == std::string_view::npos ? "domain" : rule.substr(0, colon);
    if (kind == "keyword") return sink_.unsupported("a keyword");
    if (kind == "regexp" || kind == "regex") return sink_.unsupported("a regular expression");
    if (kind != "domain" && kind != "full") return sink_.invalid("not a kind of rule");
    const auto name = colon == std::string_view::npos ? rule : rule.substr(colon + 1);
    sink_.accept(name, {.below = kind == "domain"}, attributes.size() == 1 ? attributes[0] : joined(attributes));
}

void V2flyReader::read_include(std::string_view name, const Attributes& attributes) {
    if (!include_) return sink_.unsupported("another list, which is not here", name);
    if (filters_.size() == most_depth) return sink_.unsupported("lists inside lists too deep", name);
    if (included_bytes_ > most_included_bytes) return sink_.unsupported("too much text in other lists", name);
    const auto text = include_(name);
    if (!text) return sink_.unsupported("another list, which is not here", name);
    included_bytes_ += text->size() + 1;
    filters_.emplace_back(attributes.begin(), attributes.end());
    read_text(*text, "in " + std::string{name});
    filters_.pop_back();
}

bool V2flyReader::is_let_through(const Attributes& attributes) const {
    const auto has = [&](std::string_view wanted) { return std::ranges::find(attributes, wanted) != attributes.end(); };
    return std::ranges::all_of(filters_, [&](const auto& filter) {
        return std::ranges::all_of(filter, [&](const std::string& wanted) {
            return wanted.starts_with('-') ? !has(std::string_view{wanted}.substr(1)) : has(wanted);
        });
    });
}

}  // namespace vivi::policy
