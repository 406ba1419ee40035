// Pure parts: ICMP messages, counters of interfaces.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "router/openvivi-embedded/diagnostics.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr unsigned char echo_v4 = 8, reply_v4 = 0;      // RFC 792
constexpr unsigned char echo_v6 = 128, reply_v6 = 129;  // RFC 4443 sections 4.1, 4.2
constexpr std::size_t header_bytes = 8;

}  // namespace

std::string echo_request(std::uint16_t sequence, bool is_v6) {
    std::string message(header_bytes, '\0');
    message[0] = static_cast<char>(is_v6 ? echo_v6 : echo_v4);
    message[6] = static_cast<char>(sequence >> 8);
    message[7] = static_cast<char>(sequence & 0xff);
    return message + "vivi";
}

std::optional<std::uint16_t> echo_reply(std::string_view message, bool is_v6) {
    if (message.size() < header_bytes) return std::nullopt;
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(message[at]); };
    if (octet(0) != (is_v6 ? reply_v6 : reply_v4)) return std::nullopt;
    return static_cast<std::uint16_t>(octet(6) << 8 | octet(7));
}

std::map<std::string, InterfaceBytes> parse_net_dev(std::string_view text) {
    std::map<std::string, InterfaceBytes> interfaces;
    std::istringstream lines{std::string{text}};
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;  // The two lines of the head.
        const auto first = line.find_first_not_of(' ');
        const auto name = line.substr(first, colon - first);
        std::istringstream fields{line.substr(colon + 1)};
        InterfaceBytes bytes;
        std::uint64_t skipped = 0;
        fields >> bytes.received;
        for (int i = 0; i < 7; ++i) fields >> skipped;
        fields >> bytes.sent;
        if (fields && name != "lo") interfaces.emplace(name, bytes);
    }
    return interfaces;
}

nlohmann::json rates(const std::map<std::string, InterfaceBytes>& before, const std::map<std::string, InterfaceBytes>& after,
                     Milliseconds passed) {
    auto interfaces = nlohmann::json::object();
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(passed.count(), 1));
    for (const auto& [name, bytes] : after) {
        const auto earlier = before.find(name);
        if (earlier == before.end() || bytes.received < earlier->second.received || bytes.sent < earlier->second.sent) continue;
        interfaces[name] = {{"received_bits_per_second", (bytes.received - earlier->second.received) * 8000 / ms},
                            {"sent_bits_per_second", (bytes.sent - earlier->second.sent) * 8000 / ms}};
    }
    return interfaces;
}

bool is_host(std::string_view text) {
    constexpr std::string_view marks = ".-:_";
    return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.contains(c);
    });
}

}  // namespace vivi::openvivi_embedded
