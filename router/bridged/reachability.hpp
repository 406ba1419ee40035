// Whether the way out works without any hub: the gateway answers ARP, and DNS answers a question nobody asked before.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/model/configuration.hpp"
#include "common/runtime/task.hpp"
#include "router/bridged/trial.hpp"

namespace vivi::bridged {

/// The default route's gateway out of /proc/net/route (proc(5)); nothing when there is none.
std::optional<Ipv4> default_gateway(std::string_view routes);
/// Whether /proc/net/arp has a hardware address of it (flag 0x2, ATF_COM, if_arp.h).
bool is_neighbour(std::string_view arp, Ipv4 address);
/// RFC 1035 section 4.1: the A record of `<label>.com`. With a random label no cache can have the answer, and no resolver can
/// make it up from what it knows: com is signed with opt-out (RFC 5155 section 6).
Bytes fresh_question(std::uint16_t id, std::string_view label);
/// A response with that id that says what there is, or that there is nothing (RFC 1035 section 4.1.1: RCODE 0 or 3).
bool is_real_answer(BytesView datagram, std::uint16_t id) noexcept;

/// Both, within 12 s. DNS is asked at the configuration's first upstream, and where it has none at `resolver` ("127.0.0.1:53").
Task<Trial::Reach> look_around(model::Configuration configuration, std::string resolver);

}  // namespace vivi::bridged
