// Adblock rules, as far as they are about whole names.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "common/core/domain_name.hpp"
#include "common/core/net.hpp"
#include "common/policy/list_lines.hpp"

namespace vivi::policy {
namespace {

/// Marks of rules about the inside of a page: element hiding, its exceptions, extended CSS, styles, scriptlets.
constexpr auto page_marks =
    std::to_array<std::string_view>({"##", "#@#", "#?#", "#@?#", "#$#", "#@$#", "#%#", "#@%#", "$$", "$@$"});

bool is_about_pages(std::string_view line) noexcept {
    const auto mark = line.find_first_of("#$");
    if (mark == std::string_view::npos) return false;
    return std::ranges::any_of(page_marks, [&](std::string_view text) { return line.contains(text); });
}

/// Beginning of the options: the last '$' outside of a regular expression; options have no '/' unless they are one.
std::string_view take_options(std::string_view& rule) noexcept {
    const auto dollar = rule.starts_with('/') ? rule.rfind("/$") : rule.find('$');
    if (dollar == std::string_view::npos) return {};
    const auto at = rule.starts_with('/') ? dollar + 1 : dollar;
    const auto options = rule.substr(at + 1);
    rule = rule.substr(0, at);
    return options;
}

/// The first option that changes what a rule means to DNS; "$important" is the one that is honoured.
std::string_view foreign_option(std::string_view options, bool& important) noexcept {
    while (!options.empty()) {
        const auto comma = options.find(',');
        const auto option = trim(options.substr(0, comma));
        if (option == "important") {
            important = true;
        } else if (!option.empty()) {
            return option;
        }
        options = comma == std::string_view::npos ? std::string_view{} : options.substr(comma + 1);
    }
    return {};
}

/// What stands between "||" or "|" and "^" and is a name, though one that cannot be used. Nothing: it can.
std::string_view obstacle(std::string_view pattern) noexcept {
    if (pattern.contains('/')) return "a path";
    if (pattern.contains('*')) return "a wildcard inside the name";
    if (pattern.contains('^') || pattern.contains('|')) return "a pattern of URLs";
    if (pattern.ends_with('.')) return "the beginning of names";
    const auto colon = pattern.rfind(':');
    if (colon != std::string_view::npos && !pattern.contains('[') && !parse_ipv6(pattern)) return "a port";
    return {};
}

/// "||name^", "|name^", "||*.name^"; the '^' (what is not of a name) or '|' (the end) may be missing.
void read_anchored(std::string_view pattern, Reach reach, ListSink& sink) {
    if (pattern.ends_with('|')) pattern.remove_suffix(1);
    if (pattern.ends_with('^')) pattern.remove_suffix(1);
    if (pattern.starts_with("*.") && reach.below) {
        pattern.remove_prefix(2);
        reach.itself = false;
    }
    const auto reason = obstacle(pattern);
    if (!reason.empty()) return sink.unsupported(reason);
    sink.accept(pattern, reach);
}

bool begins_with_address(std::string_view line) noexcept {
    const auto word = take_word(line);
    return !line.empty() && (word == "0" || parse_address(word));
}

}  // namespace

void read_adguard_line(std::string_view line, ListSink& sink) {
    if (line.starts_with('!') || line.starts_with('[')) return;
    if (is_about_pages(line)) return sink.unsupported("a rule for the inside of pages");
    if (line.starts_with('#')) return;
    if (begins_with_address(line)) return read_hosts_line(line, sink);
    auto rule = without_comment(line);
    Reach reach{.allows = rule.starts_with("@@")};
    if (reach.allows) rule.remove_prefix(2);
    const auto options = take_options(rule);
    if (rule.starts_with('/') && rule.ends_with('/') && rule.size() > 1) return sink.unsupported("a regular expression");
    const auto option = foreign_option(options, reach.important);
    if (!option.empty()) return sink.unsupported("depends on more than the name", option);
    rule = trim(rule);
    if (rule.starts_with("||")) return read_anchored(rule.substr(2), reach, sink);
    reach.below = false;
    if (rule.starts_with('|') && !rule.contains("://")) return read_anchored(rule.substr(1), reach, sink);
    // A name alone means that name and no other; everything else is a part of some URL.
    if (!rule.contains('.') || rule.starts_with('.') || rule.starts_with('-') || rule.starts_with('_') || rule.ends_with('.') ||
        !normalise_domain(rule))
        return parse_address(rule) ? sink.accept(rule, reach) : sink.unsupported("a pattern of URLs");
    sink.accept(rule, reach);
}

}  // namespace vivi::policy
