// What a person wants to know of a router's network from afar: does a host answer, does a name resolve, how much goes through it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/runtime/task.hpp"

namespace vivi::openvivi_embedded {

// Pure.
/// ICMP echo request (RFC 792; RFC 4443 section 4.1 with `is_v6`): identifier and checksum are the kernel's on such a socket.
std::string echo_request(std::uint16_t sequence, bool is_v6);
/// The sequence of an echo reply; nothing for another message.
std::optional<std::uint16_t> echo_reply(std::string_view message, bool is_v6);

struct InterfaceBytes {
    std::uint64_t received = 0, sent = 0;
    bool operator==(const InterfaceBytes&) const = default;
};
/// proc_net(5), /proc/net/dev: bytes of each interface since it was made, without the loopback.
std::map<std::string, InterfaceBytes> parse_net_dev(std::string_view text);
/// Bits a second each way between two samples; an interface that came, went or was made anew is left out.
nlohmann::json rates(const std::map<std::string, InterfaceBytes>& before, const std::map<std::string, InterfaceBytes>& after,
                     Milliseconds passed);

/// A name or an address as these commands take it: 1 to 253 letters, digits, '.', '-', ':' or '_'.
bool is_host(std::string_view text);

// Edges.
/// `count` echo requests, one a second, each waited for 1 s: {"address","sent","received","times_ms":[…]}. Unavailable when the
/// name does not resolve or no such socket is allowed (net.ipv4.ping_group_range).
Task<Result<nlohmann::json>> ping(std::string host, int count, std::function<void(int)> progress);
/// What this machine's resolver says within 5 s: {"addresses":[…],"milliseconds"}.
Task<Result<nlohmann::json>> resolve(std::string name);
/// How much goes through each interface in `seconds`: {"interfaces":{NAME:{"received_bits_per_second","sent_bits_per_second"}}}.
Task<Result<nlohmann::json>> throughput(int seconds, std::function<void(int)> progress);

}  // namespace vivi::openvivi_embedded
