// Data of SVCB and HTTPS records (RFC 9460 section 2.2): priority, target, parameters; and the same with less in it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/dns_message.hpp"

namespace vivi::wire::dns {

/// SvcParamKeys, RFC 9460 section 14.3.2; `ech` RFC 9848.
namespace service_key {
inline constexpr std::uint16_t mandatory = 0, alpn = 1, ipv4hint = 4, ech = 5, ipv6hint = 6;
}

struct Service {
    static constexpr std::size_t most_parameters = 32;
    struct Parameter {
        std::uint16_t key = 0;
        BytesView value{};
    };

    std::uint16_t priority = 0;  ///< 0: an alias, without parameters.
    WireName target{};           ///< The root: the owner itself.
    std::span<const Parameter> parameters() const noexcept { return std::span{parameters_}.first(count_); }
    /// Addresses of both hints, IPv4 mapped, in order.
    void each_hint(const std::function<void(const Ipv6&)>& take) const;

private:
    friend std::optional<Service> parse_service(const Message& message, const Record& record) noexcept;
    std::array<Parameter, most_parameters> parameters_{};
    std::size_t count_ = 0;
};

/// Nothing when it contradicts RFC 9460 section 2.2 (keys not rising, lengths that do not fit, hints that are no addresses), or
/// has more parameters than we take. The views are those of `message`.
std::optional<Service> parse_service(const Message& message, const Record& record) noexcept;

/// The data without `ech` (with `strip_ech`) and without the hints for which `keeps` says false; a hint of which nothing remains
/// goes as a whole, and what goes is no longer in `mandatory`. Everything else is kept, in order. Never longer than before.
Bytes reduce(const Service& service, bool strip_ech, const std::function<bool(const Ipv6&)>& keeps);

}  // namespace vivi::wire::dns
