// The machine's links as the kernel has them: devices, their IPv4 addresses, default routes and sysctls; the port to change them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/core/result.hpp"

namespace vivi::firewall {

struct Link {
    int index = 0;
    std::string name{};
    bool is_up = false;    ///< Administratively (IFF_UP), whatever the cable.
    int master = 0;        ///< The bridge that it is a port of; 0: none.
    bool is_ours = false;  ///< In our group of devices: a bridge that we made, so ours to take away.
    bool operator==(const Link&) const = default;
};

struct LinkAddress {
    int index = 0;
    Ipv4Prefix address{};
    bool is_ours = false;  ///< Carries our IFA_PROTO: added by us, so ours to take away.
    bool operator==(const LinkAddress&) const = default;
};

/// A default route of the main table.
struct DefaultRoute {
    int index = 0;
    Ipv4 gateway{};
    bool is_ours = false;  ///< Carries our rtm_protocol.
    bool operator==(const DefaultRoute&) const = default;
};

struct Links {
    std::vector<Link> links{};
    std::vector<LinkAddress> addresses{};
    std::vector<DefaultRoute> routes{};

    const Link* find(std::string_view name) const noexcept;
};

/// How addresses and routes say whose they are (rtnetlink(7): rtm_protocol; values from 5 on are not the kernel's), and bridges
/// (IFLA_GROUP: any number, 0 is everybody's).
inline constexpr std::uint8_t our_protocol = 118;

/// Every call waits; a daemon makes it on a worker. Errors are the kernel's, with what was tried.
class LinkPort {
public:
    virtual ~LinkPort() = default;
    virtual Result<Links> look() = 0;
    /// 802.1Q. Internal with "Operation not supported": this kernel has no VLAN devices.
    virtual Status add_vlan(int parent, const std::string& name, std::uint16_t id) = 0;
    virtual Status add_bridge(const std::string& name) = 0;
    /// A port keeps no address of its own use; `bridge` 0 releases it.
    virtual Status set_master(int index, int bridge) = 0;
    virtual Status remove_link(int index) = 0;
    virtual Status set_up(int index) = 0;
    virtual Status add_address(int index, Ipv4Prefix address) = 0;
    virtual Status remove_address(int index, Ipv4Prefix address) = 0;
    /// Replaces the default route of the same metric (0).
    virtual Status set_default_route(int index, Ipv4 gateway) = 0;
    virtual Status remove_default_route(int index, Ipv4 gateway) = 0;
    /// `path` below /proc/sys: "net/ipv4/ip_forward". NotFound: this kernel (or namespace) has no such thing.
    virtual Status set_sysctl(const std::string& path, const std::string& value) = 0;
};

/// The links of this network namespace. Needs CAP_NET_ADMIN, which is also what the kernel asks for below /proc/sys/net
/// (net/sysctl_net.c: net_ctl_permissions).
class KernelLinks final : public LinkPort {
public:
    Result<Links> look() override;
    Status add_vlan(int parent, const std::string& name, std::uint16_t id) override;
    Status add_bridge(const std::string& name) override;
    Status set_master(int index, int bridge) override;
    Status remove_link(int index) override;
    Status set_up(int index) override;
    Status add_address(int index, Ipv4Prefix address) override;
    Status remove_address(int index, Ipv4Prefix address) override;
    Status set_default_route(int index, Ipv4 gateway) override;
    Status remove_default_route(int index, Ipv4 gateway) override;
    Status set_sysctl(const std::string& path, const std::string& value) override;
};

/// Tells when devices or addresses of this namespace change. The descriptor is readable then.
class LinkWatch {
public:
    static Result<LinkWatch> open();
    LinkWatch(LinkWatch&& other) noexcept;
    LinkWatch& operator=(LinkWatch&& other) noexcept;
    ~LinkWatch();

    int descriptor() const noexcept { return descriptor_; }
    /// Takes what is waiting without looking at it: whoever is woken looks at the links anyway.
    void drain() noexcept;

private:
    explicit LinkWatch(int descriptor) noexcept : descriptor_{descriptor} {}
    int descriptor_ = -1;
};

}  // namespace vivi::firewall
