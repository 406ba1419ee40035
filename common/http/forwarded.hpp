// Who asked, when the request came through proxies: what they say is believed only of those that are configured.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "common/http/message.hpp"

namespace vivi::http {

/// The one field the proxies write. The other is never read: proxies pass it on as the client sent it.
enum class ForwardedField : std::uint8_t {
    XForwardedFor,  ///< X-Forwarded-For and X-Forwarded-Proto
    Forwarded,      ///< RFC 7239
};

class Proxies {
public:
    /// None: every peer is the client itself.
    Proxies() = default;
    Proxies(std::vector<IpPrefix> trusted, ForwardedField field) : trusted_{std::move(trusted)}, field_{field} {}
    /// From settings: prefixes or addresses, and "x-forwarded-for" or "forwarded". Invalid names what is neither.
    static Result<Proxies> parse(const std::vector<std::string>& trusted, std::string_view field);

    /// Puts the client in place of the proxies: `peer` becomes the rightmost address that is not a trusted proxy's, `scheme` what
    /// the trusted proxy next to the client says. Whatever cannot be read ends the way to the left: what stands beyond it could
    /// be anybody's word. A peer that is no trusted proxy is the client, whatever its request says.
    void apply(Request& request) const;

private:
    bool is_trusted(const Ipv6& address) const noexcept;

    std::vector<IpPrefix> trusted_{};
    ForwardedField field_ = ForwardedField::XForwardedFor;
};

/// One hop of a Forwarded field (RFC 7239 section 4), for as much as is used here.
struct Hop {
    std::optional<Ipv6> client{};  ///< `for`; nothing when it is hidden, unknown or absent.
    std::string_view proto{};      ///< "http", "https" or empty.
};
/// All hops of one field's value, or nothing when any of it is not by the grammar.
std::optional<std::vector<Hop>> parse_forwarded(std::string_view value);
/// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80", or nothing.
std::optional<Ipv6> parse_node(std::string_view text);

}  // namespace vivi::http
