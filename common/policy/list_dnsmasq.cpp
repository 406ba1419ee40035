// Lines of a dnsmasq configuration that answer names with nothing.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "common/policy/list_lines.hpp"

namespace vivi::policy {
namespace {

enum class Meaning : std::uint8_t { Blocked, Excepted, Elsewhere };

/// dnsmasq(8): no target means NXDOMAIN, '#' as an address the null addresses, '#' as a server the usual servers: an exception.
Meaning meaning_of(bool is_address, std::string_view target) noexcept {
    if (target.empty()) return Meaning::Blocked;
    if (target == "#") return is_address ? Meaning::Blocked : Meaning::Excepted;
    constexpr std::array<std::string_view, 4> nowhere{"0.0.0.0", "127.0.0.1", "::", "::1"};
    return is_address && std::ranges::find(nowhere, target) != nowhere.end() ? Meaning::Blocked : Meaning::Elsewhere;
}

void read_name(std::string_view name, bool allows, ListSink& sink) {
    if (name.empty()) return sink.unsupported("names without a dot");
    if (name == "#") return sink.unsupported("every name");
    Reach reach{.allows = allows};
    if (name.starts_with("*.")) {  // "/*.name/" is what is below, "/.name/" the same as "/name/".
        name.remove_prefix(2);
        reach.itself = false;
    } else if (name.starts_with('.')) {
        name.remove_prefix(1);
    }
    if (name.contains('*')) return sink.unsupported("a wildcard inside the name");
    sink.accept(name, reach);
}

bool is_option(std::string_view text) noexcept {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

void read_dnsmasq_line(std::string_view line, ListSink& sink) {
    const auto rule = trim(without_comment(line));
    if (rule.empty()) return;
    const auto equals = rule.find('=');
    const auto option = trim(rule.substr(0, equals));
    if (!is_option(option)) return sink.invalid("not an option of dnsmasq");
    const bool is_address = option == "address";
    auto names = equals == std::string_view::npos ? std::string_view{} : trim(rule.substr(equals + 1));
    const auto last = names.rfind('/');
    if ((!is_address && option != "server" && option != "local") || !names.starts_with('/') || last == 0)
        return sink.unsupported("an option that blocks no name");
    const auto meaning = meaning_of(is_address, trim(names.substr(last + 1)));
    if (meaning == Meaning::Elsewhere)
        return sink.unsupported(is_address ? "answers with an address of its own" : "asks another server");
    for (names = names.substr(1, last - 1);;) {
        const auto slash = names.find('/');
        read_name(names.substr(0, slash), meaning == Meaning::Excepted, sink);
        if (slash == std::string_view::npos) return;
        names.remove_prefix(slash + 1);
    }
}

}  // namespace vivi::policy
