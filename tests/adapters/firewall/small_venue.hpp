// Four network namespaces of this test alone: two guests on a bridge, the router, and an internet of one host.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>

#include "common/core/net.hpp"
#include "tests/adapters/child.hpp"

namespace vivi::test {

/// An open descriptor.
class Socket {
public:
    Socket() = default;
    explicit Socket(int number) : number_{number} {}
    Socket(Socket&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Socket() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const noexcept { return number_; }
    bool is_ready(short events, Milliseconds most) const {
        pollfd wait{.fd = number_, .events = events, .revents = 0};
        return ::poll(&wait, 1, static_cast<int>(most.count())) > 0 && (wait.revents & events) != 0;
    }

private:
    int number_ = -1;
};

/// An address of either family with a port, as the socket calls take it.
struct Endpoint {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* get() const { return static_cast<const sockaddr*>(static_cast<const void*>(&storage)); }
    sockaddr* get() { return static_cast<sockaddr*>(static_cast<void*>(&storage)); }
    int family() const { return storage.ss_family; }
    std::uint16_t port() const {
        const auto* v4 = static_cast<const sockaddr_in*>(static_cast<const void*>(&storage));
        return ntohs(v4->sin_port);  // Where sockaddr_in6 has it too.
    }
};

inline Endpoint endpoint(const std::string& address, std::uint16_t port) {
    Endpoint end;
    if (address.find(':') == std::string::npos) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        ::inet_pton(AF_INET, address.c_str(), &v4.sin_addr);
        std::memcpy(&end.storage, &v4, end.size = sizeof v4);
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        ::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr);
        std::memcpy(&end.storage, &v6, end.size = sizeof v6);
    }
    return end;
}

/// guest1 10.66.0.11 and guest2 10.66.0.12 — br-lan 10.66.0.1 [router] uplink0 192.0.2.2 — 192.0.2.1 [internet]
///
/// The internet has more addresses (more_addresses), and both families (with_ipv6): guests 2001:db8:66::11 and ::12, the router
/// 2001:db8:66::1 and 2001:db8:1::2, the internet 2001:db8:1::1.
class SmallVenue {
public:
    /// `which`: for a second one in the same process.
    explicit SmallVenue(std::string which = {}) : which_{std::move(which)} {
        for (const auto* name : {"router", "internet", "guest1", "guest2"}) ip({"netns", "add", full(name)});
        ip_in("router", {"link", "add", "br-lan", "type", "bridge"});
        up("router", "br-lan", "10.66.0.1/22");
        for (const std::string number : {"1", "2"}) {
            ip_in("router", {"link", "add", "port" + number, "type", "veth", "peer", "name", "eth0", "address", mac(number),
                             "netns", full("guest" + number)});
            ip_in("router", {"link", "set", "port" + number, "master", "br-lan", "up"});
            up("guest" + number, "eth0", "10.66.0.1" + number + "/22");
            ip_in("guest" + number, {"route", "add", "default", "via", "10.66.0.1"});
        }
        ip_in("router", {"link", "add", "uplink0", "type", "veth", "peer", "name", "eth0", "netns", full("internet")});
        up("router", "uplink0", "192.0.2.2/24");
        up("internet", "eth0", "192.0.2.1/24");
    }
    ~SmallVenue() {
        for (const auto* name : {"router", "internet", "guest1", "guest2"}) {
            try {
                ip({"netns", "del", full(name)});
            } catch (const std::exception&) {  // Not made: the constructor said so.
            }
        }
    }
    SmallVenue(const SmallVenue&) = delete;
    SmallVenue& operator=(const SmallVenue&) = delete;

    /// The internet answers at these too; the router's default route leads there.
    void more_addresses(const std::vector<std::string>& addresses) const {
        for (const auto& address : addresses) ip_in("internet", {"address", "add", address + "/32", "dev", "eth0"});
        ip_in("router", {"route", "replace", "default", "via", "192.0.2.1"});
    }
    void with_ipv6() const {
        const auto give = [this](const std::string& name, const std::string& device, const std::string& address) {
            ip_in(name, {"address", "add", address, "dev", device, "nodad"});
        };
        give("router", "br-lan", "2001:db8:66::1/64");
        give("router", "uplink0", "2001:db8:1::2/64");
        give("internet", "eth0", "2001:db8:1::1/64");
        ip_in("internet", {"route", "add", "2001:db8:66::/64", "via", "2001:db8:1::2"});
        for (const std::string number : {"1", "2"}) {
            give("guest" + number, "eth0", "2001:db8:66::1" + number + "/64");
            ip_in("guest" + number, {"route", "add", "default", "via", "2001:db8:66::1"});
        }
        // Link-local addresses are tentative for a second (RFC 4862 section 5.4), and neighbours are asked from them.
        for (const auto* name : {"internet", "guest1", "guest2"}) {
            const auto router_is_there = [&] {
                Socket made;
                const std::string address = name == std::string_view{"internet"} ? "2001:db8:1::2" : "2001:db8:66::1";
                return try_connect(made, name, address, 9) == ECONNREFUSED;
            };
            await(std::string{name} + " to see the router by IPv6", router_is_there);
        }
    }
    /// One-armed: the internet is behind a gateway 10.66.0.2 on the guests' own network, and the router's uplink is gone.
    void one_armed() const {
        ip_in("router", {"link", "del", "uplink0"});
        ip_in("router", {"link", "add", "port9", "type", "veth", "peer", "name", "eth0", "netns", full("internet")});
        ip_in("router", {"link", "set", "port9", "master", "br-lan", "up"});
        ip_in("router", {"route", "add", "default", "via", "10.66.0.2"});
        up("internet", "eth0", "10.66.0.2/22");
        ip_in("internet", {"address", "add", "192.0.2.1/32", "dev", "eth0"});
    }
    void route(const std::string& name, const std::string& prefix, const std::string& gateway) const {
        ip_in(name, {"route", "add", prefix, "via", gateway});
    }
    /// As somebody does who changes the adapter's hardware address.
    void forge_mac(const std::string& guest, const std::string& mac_text) const {
        ip_in(guest, {"link", "set", "eth0", "address", mac_text});
    }

    /// As somebody does who types another address into the settings.
    void readdress(const std::string& guest, const std::string& address) const {
        ip_in(guest, {"address", "flush", "dev", "eth0"});
        up(guest, "eth0", address);
        ip_in(guest, {"route", "add", "default", "via", "10.66.0.1", "dev", "eth0", "onlink"});
    }

    static std::string mac(const std::string& number) { return "02:00:00:00:00:0" + number; }

    /// Runs `call` with this thread inside a namespace; sockets made there stay there.
    template <class Call>
    auto inside(const std::string& name, Call call) const {
        const Socket home{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
        const Socket there{::open(("/run/netns/" + full(name)).c_str(), O_RDONLY | O_CLOEXEC)};
        if (::setns(there.number(), CLONE_NEWNET) != 0) throw std::runtime_error{"cannot enter " + name};
        struct Return {
            int home;
            ~Return() { ::setns(home, CLONE_NEWNET); }
        } const back{home.number()};
        return call();
    }
    std::string full(const std::string& name) const { return "firewall-" + std::to_string(::getpid()) + which_ + "-" + name; }

    Socket socket(const std::string& where, int type, int family = AF_INET) const {
        return inside(where, [&] { return Socket{::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)}; });
    }
    /// On every address of that family, "0.0.0.0" or "::".
    Socket listen(const std::string& where, int type, std::uint16_t port, const std::string& address = "0.0.0.0") const {
        const auto any = endpoint(address, port);
        auto listener = socket(where, type, any.family());
        const int on = 1;
        if (any.family() == AF_INET6) ::setsockopt(listener.number(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        ::setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (::bind(listener.number(), any.get(), any.size) != 0) throw std::runtime_error{"bind"};
        if (type == SOCK_STREAM && ::listen(listener.number(), 1024) != 0) throw std::runtime_error{"listen"};
        return listener;
    }
    /// How an attempt to connect ended: 0, an errno, or ETIMEDOUT when nobody answered in time. `made` gets the socket.
    int try_connect(Socket& made, const std::string& from, const std::string& address, std::uint16_t port,
                    Milliseconds most = 800ms, const std::string& source = {}) const {
        const auto to = endpoint(address, port);
        made = socket(from, SOCK_STREAM, to.family());
        const auto own = endpoint(source, 0);
        if (!source.empty() && ::bind(made.number(), own.get(), own.size) != 0) return errno;
        if (::connect(made.number(), to.get(), to.size) != 0 && errno != EINPROGRESS) return errno;
        if (!made.is_ready(POLLOUT, most)) return ETIMEDOUT;
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(made.number(), SOL_SOCKET, SO_ERROR, &error, &size);
        return error;
    }
    /// A TCP connection, or none when nobody answers in time.
    std::optional<Socket> connect(const std::string& from, const std::string& address, std::uint16_t port,
                                  Milliseconds most = 800ms) const {
        Socket made;
        if (try_connect(made, from, address, port, most) != 0) return std::nullopt;
        return made;
    }

private:
    std::string which_;

    static void ip(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "/usr/sbin/ip");
        run_to_end({.command = std::move(arguments)});
    }
    void ip_in(const std::string& name, std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"-n", full(name)});
        ip(std::move(arguments));
    }
    void up(const std::string& name, const std::string& interface, const std::string& address) const {
        ip_in(name, {"address", "add", address, "dev", interface});
        ip_in(name, {"link", "set", interface, "up"});
    }
};

/// A download that goes on for ever: the server writes what fits, the guest reads what is there.
class Download {
public:
    Download(Socket guest, Socket server) : guest_{std::move(guest)}, server_{std::move(server)} {}

    /// Bytes that arrived while both were pumped for `span`.
    std::size_t received_in(Milliseconds span) {
        const auto end = std::chrono::steady_clock::now() + span;
        std::size_t received = 0;
        while (std::chrono::steady_clock::now() < end) {
            std::array<char, 16'384> buffer{};
            ::send(server_.number(), buffer.data(), buffer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (!guest_.is_ready(POLLIN, 5ms)) continue;
            const auto count = ::recv(guest_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count > 0) received += static_cast<std::size_t>(count);
        }
        return received;
    }

private:
    Socket guest_, server_;
};

}  // namespace vivi::test
