// Judging and reading health documents.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/install_health.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>

#include "common/model/event.hpp"

namespace vivi::openvivi_embedded {
namespace {

/// The member at a JSON pointer; null when it is not there.
nlohmann::json at(const nlohmann::json& document, const char* pointer) {
    const nlohmann::json::json_pointer place{pointer};
    return document.contains(place) ? document.at(place) : nlohmann::json{};
}

std::string missing_of(const std::string& daemon, const nlohmann::json& document, Seconds age) {
    if (document.is_null()) return daemon + " does not answer";
    if (daemon == "openvivi-embedded") {
        if (at(document, "/tunnel/connected") != true) {
            const auto why = at(document, "/tunnel/why_offline");
            return "no tunnel to a hub: " + (why.is_string() ? why.get<std::string>() : std::string{"not dialled yet"});
        }
        const auto since = at(document, "/tunnel/since_seconds");
        if (!since.is_number_integer() || Seconds{since.get<std::int64_t>()} > age) return "the tunnel is of the version before";
    }
    if (daemon == "bridged") {
        if (at(document, "/firewall/loaded") == false) return "the packet filter is not loaded";
        if (const auto dns = at(document, "/dns"); dns.is_string() && dns != "ok")
            return "DNS does not answer: " + dns.get<std::string>();
    }
    if (daemon == "dhcpd") {
        for (const auto& network : at(document, "/networks")) {
            if (const auto problem = at(network, "/problem"); problem.is_string() && problem != "")
                return "DHCP does not answer: " + problem.get<std::string>();
        }
    }
    if (daemon == "pcapd") {
        for (const auto& interface : at(document, "/interfaces")) {
            if (const auto problem = at(interface, "/problem"); problem.is_string() && problem != "")
                return "pcapd captures nothing: " + problem.get<std::string>();
            if (const auto test = at(interface, "/self_test"); test.is_string() && test != "passed")
                return "pcapd does not see its own frame: self-test " + test.get<std::string>();
        }
    }
    return {};
}

/// How many there are; nothing when the daemon is none of ours, or does not say.
std::optional<std::size_t> count_of(const HealthDocuments& documents, const std::string& daemon, const char* pointer) {
    const auto found = documents.find(daemon);
    const auto list = found == documents.end() ? nlohmann::json{} : at(found->second, pointer);
    return list.is_array() ? std::optional{list.size()} : std::nullopt;
}

}  // namespace

std::string missing_health(const HealthDocuments& documents, Seconds age) {
    std::string all;
    const auto add = [&all](const std::string& missing) {
        if (!missing.empty()) all += (all.empty() ? "" : "; ") + missing;
    };
    for (const auto& [daemon, document] : documents) add(missing_of(daemon, document, age));
    if (count_of(documents, "dhcpd", "/networks") > 0 && count_of(documents, "pcapd", "/interfaces") == std::size_t{0})
        add("pcapd captures nothing: there are networks, and it watches no interface");
    return all;
}

nlohmann::json read_health(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return nullptr;
    std::memcpy(static_cast<void*>(address.sun_path), path.data(), path.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return nullptr;
    const timeval second{.tv_sec = 1, .tv_usec = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    std::string text;
    if (::connect(socket, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) == 0) {
        std::array<char, 16 * 1024> buffer{};
        ssize_t got = 0;
        while (text.size() < (1U << 20) && (got = ::read(socket, buffer.data(), buffer.size())) > 0)
            text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(socket);
    auto document = model::parse_json(text);
    return document && document->is_object() ? *std::move(document) : nlohmann::json{};
}

}  // namespace vivi::openvivi_embedded
