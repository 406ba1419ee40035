// A lease: which device has which address, until when; the noun of dhcpd and the body of dhcp.lease.* events.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/model/event.hpp"
#include "common/model/streamed.hpp"

namespace vivi::model {

struct Lease {
    Mac device{};
    Ipv4 address{};
    std::string network{};       ///< Name of the configuration's network.
    std::string hostname{};      ///< Option 12, cleaned; a guest chose it. Empty when none.
    std::string client_id{};     ///< Option 61, hexadecimal. Empty when none.
    std::string vendor_class{};  ///< Option 60, cleaned. Empty when none.
    Seconds duration{};          ///< As granted.
    WallTime granted_at{};       ///< When it was first granted.
    WallTime expires_at{};       ///< By the router's clock; durations, not this, go on the wire to clients.
    bool operator==(const Lease&) const = default;
};

/// {"device","address","network","hostname","client_id","vendor_class","duration_seconds","granted_at","expires_at"}
Json to_json(const Lease& lease);
Result<Lease> parse_lease(const Json& json);

/// The same as it goes by.
inline constexpr std::array<std::string_view, 9> lease_keys{
    "address", "client_id", "device", "duration_seconds", "expires_at", "granted_at", "hostname", "network", "vendor_class"};
Result<Lease> streamed_lease(const Members& object);

}  // namespace vivi::model
