// Hosts files and plain lists of names.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "common/core/net.hpp"
#include "common/policy/list_lines.hpp"

namespace vivi::policy {
namespace {

/// Names of the machine itself that hosts files begin with (hosts(5), Debian's and macOS's /etc/hosts), not names to block.
constexpr auto own_names = std::to_array<std::string_view>(
    {"localhost", "localhost.localdomain", "localhost4", "localhost6", "local", "broadcasthost", "ip6-localhost", "ip6-loopback",
     "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "0.0.0.0", "127.0.0.1"});

bool is_own_name(std::string_view name) noexcept { return std::ranges::find(own_names, name) != own_names.end(); }

/// Addresses that lead nowhere: 0.0.0.0, 127.0.0.0/8, ::, ::1; also "0", as inet_aton() takes it.
enum class Target : std::uint8_t { Nowhere, Somewhere, NoAddress };
Target target_of(std::string_view text) noexcept {
    if (text == "0.0.0.0" || text == "127.0.0.1" || text == "0") return Target::Nowhere;
    if (const auto v4 = parse_ipv4(text)) return v4->value == 0 || v4->value >> 24 == 127 ? Target::Nowhere : Target::Somewhere;
    const auto v6 = parse_ipv6(text.substr(0, text.find('%')));
    if (!v6) return Target::NoAddress;
    const auto is_zero = [](std::uint8_t octet) { return octet == 0; };
    return std::all_of(v6->octets.begin(), v6->octets.end() - 1, is_zero) && v6->octets[15] <= 1 ? Target::Nowhere
                                                                                                 : Target::Somewhere;
}

}  // namespace

void read_hosts_line(std::string_view line, ListSink& sink) {
    auto rest = without_comment(line);
    const auto address = take_word(rest);
    if (address.empty()) return;
    const auto leads = target_of(address);
    if (leads == Target::NoAddress) return sink.invalid("no address at its beginning");
    auto name = take_word(rest);
    if (name.empty()) return sink.invalid("an address without a name");
    for (; !name.empty(); name = take_word(rest)) {
        if (is_own_name(name)) {
            sink.unsupported("a name of the machine itself");
        } else if (leads == Target::Somewhere) {
            sink.unsupported("a name put to a real address");
        } else {
            sink.accept(name, {.below = false});  // A hosts file says nothing of the names below.
        }
    }
}

void read_domains_line(std::string_view line, ListSink& sink, std::string_view attribute) {
    if (line.starts_with('!') || line.starts_with(';')) return;
    auto rest = without_comment(line);
    auto name = take_word(rest);
    if (name.empty()) return;
    if (!rest.empty()) return sink.invalid("more than one name");
    if (name.contains('/')) return sink.unsupported(parse_ip_prefix(name) ? "a range of addresses, not a name" : "a path");
    if (name.starts_with("*.")) name.remove_prefix(1);
    if (name.starts_with('.')) name.remove_prefix(1);
    sink.accept(name, {}, attribute);
}

}  // namespace vivi::policy
