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

inline sockaddr_in endpoint(const std::string& address, std::uint16_t port) {
    sockaddr_in end{};
    end.sin_family = AF_INET;
    end.sin_port = htons(port);
    ::inet_pton(AF_INET, address.c_str(), &end.sin_addr);
    return end;
}
inline const sockaddr* as_address(const sockaddr_in& end) { return static_cast<const sockaddr*>(static_cast<const void*>(&end)); }

/// guest1 10.66.0.11 and guest2 10.66.0.12 — br-lan 10.66.0.1 [router] uplink0 192.0.2.2 — 192.0.2.1 [internet]
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

    /// As somebody does who types another address into the settings.
    void readdress(const std::string& guest, const std::string& address) const {
        ip_in(guest, {"address", "flush", "dev", "eth0"});
        up(guest, "eth0", address);
        ip_in(guest, {"route", "add", "default", "via", "10.66.0.1"});
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

    Socket socket(const std::string& where, int type) const {
        return inside(where, [&] { return Socket{::socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)}; });
    }
    Socket listen(const std::string& where, int type, std::uint16_t port) const {
        auto listener = socket(where, type);
        const auto any = endpoint("0.0.0.0", port);
        if (::bind(listener.number(), as_address(any), sizeof any) != 0) throw std::runtime_error{"bind"};
        if (type == SOCK_STREAM && ::listen(listener.number(), 8) != 0) throw std::runtime_error{"listen"};
        return listener;
    }
    /// A TCP connection, or none when nobody answers in time.
    std::optional<Socket> connect(const std::string& from, const std::string& address, std::uint16_t port,
                                  Milliseconds most = 800ms) const {
        auto made = socket(from, SOCK_STREAM);
        const auto to = endpoint(address, port);
        ::connect(made.number(), as_address(to), sizeof to);
        if (!made.is_ready(POLLOUT, most)) return std::nullopt;
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(made.number(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return std::nullopt;
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
