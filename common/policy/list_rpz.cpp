// Response policy zones: what their QNAME triggers say of names.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "common/core/domain_name.hpp"
#include "common/core/net.hpp"
#include "common/policy/list_lines.hpp"

namespace vivi::policy {
namespace {

/// `line` in front of a ';' that is not in quotes (RFC 1035 section 5.1).
std::string_view without_semicolon(std::string_view line) noexcept {
    bool is_quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '"') is_quoted = !is_quoted;
        if (line[i] == ';' && !is_quoted) return line.substr(0, i);
    }
    return line;
}

std::string lower(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return result;
}

bool is_ttl_or_class(std::string_view word) noexcept {
    return word == "in" || word == "ch" || word == "hs" || (word[0] >= '0' && word[0] <= '9');
}

/// Triggers by something other than the name asked for (draft-vixie-dnsop-dns-rpz-00 section 4).
bool is_foreign_trigger(std::string_view trigger) noexcept {
    constexpr auto kinds = std::to_array<std::string_view>({"rpz-ip", "rpz-client-ip", "rpz-nsip", "rpz-nsdname"});
    return std::ranges::any_of(kinds, [&](std::string_view kind) { return is_at_or_below(trigger, kind); });
}

bool leads_nowhere(std::string_view type, std::string_view address) noexcept {
    if (type == "a") return address == "0.0.0.0" || address == "127.0.0.1";
    return address == "::" || address == "::1";
}

}  // namespace

void RpzReader::read(std::string_view line) {
    line = without_semicolon(line);
    if (is_in_parentheses_) {
        is_in_parentheses_ = !line.contains(')');
        return;
    }
    if (trim(line).empty()) return;
    is_in_parentheses_ = line.contains('(') && !line.contains(')');
    if (line.starts_with('$')) return read_directive(line);
    if (!blanks.contains(line[0])) owner_ = absolute(take_word(line));
    read_record(trim(line));
}

void RpzReader::read_directive(std::string_view line) {
    const auto name = lower(take_word(line));
    if (name == "$ttl") return;
    if (name != "$origin") return sink_.unsupported("a directive that brings other text");
    origin_ = absolute(take_word(line));
    if (apex_.empty()) apex_ = origin_;
}

void RpzReader::read_record(std::string_view rest) {
    auto type = lower(take_word(rest));
    while (!type.empty() && is_ttl_or_class(type)) type = lower(take_word(rest));
    if (type.empty()) return sink_.invalid("a record without a type");
    if (type == "soa") {
        apex_ = owner_;
        return;
    }
    const auto about = trigger();
    if (!about) return sink_.unsupported("outside of the zone");
    if (about->empty()) return;  // The zone's own records: NS and the like.
    if (is_foreign_trigger(*about)) return sink_.unsupported("a trigger by addresses or name servers");
    if (*about == "*") return sink_.unsupported("every name");
    read_action(type, lower(take_word(rest)));
}

void RpzReader::read_action(std::string_view type, std::string_view data) {
    if (type == "a" || type == "aaaa")
        return leads_nowhere(type, data) ? accept(/*allows=*/false) : sink_.unsupported("answers with an address of its own");
    if (type != "cname") return sink_.unsupported("answers with records of its own");
    if (data == "." || data == "*." || data == "rpz-drop.") return accept(/*allows=*/false);
    if (data == "rpz-passthru." || (data.ends_with('.') && data.substr(0, data.size() - 1) == *trigger()))
        return accept(/*allows=*/true);
    sink_.unsupported(data == "rpz-tcp-only." ? "asks for TCP" : "leads to another name");
}

std::string RpzReader::absolute(std::string_view text) const {
    if (text == "@") return origin_;
    auto name = lower(text);
    if (name.ends_with('.')) {
        name.pop_back();
    } else if (!origin_.empty()) {
        name.append(".").append(origin_);
    }
    return name;
}

std::optional<std::string_view> RpzReader::trigger() const {
    const std::string_view owner{owner_};
    if (apex_.empty()) return owner;
    if (owner == apex_) return std::string_view{};
    if (!is_at_or_below(owner, apex_)) return std::nullopt;
    return owner.substr(0, owner.size() - apex_.size() - 1);
}

void RpzReader::accept(bool allows) {
    auto name = *trigger();
    const bool is_wild = name.starts_with("*.");
    if (is_wild) name.remove_prefix(2);
    sink_.accept(name, {.itself = !is_wild, .below = is_wild, .allows = allows});
}

}  // namespace vivi::policy
