// The leases of a broken router, taken over by the spare in its place: its guests keep their addresses.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/model/lease.hpp"
#include "router/dhcpd/engine.hpp"

namespace vivi::dhcpd {

inline constexpr std::size_t most_carried_bytes = 16 << 20;

/// {"leases":[…]}; Invalid when one of them is none: all or nothing.
Result<std::vector<model::Lease>> parse_carried(std::string_view text);
/// The same from a file. NotFound: it is not there (yet). Blocks shortly.
Result<std::vector<model::Lease>> read_carried(const std::string& path);

/// Makes the lease one of the engine's, unless its address or its client has another by now: who came first stays. The outcome
/// says what to write down: renewed, or expired when it is over already, which still says whose the address was; or nothing.
Outcome take_over(Engine& engine, const model::Lease& lease, Now now);

}  // namespace vivi::dhcpd
