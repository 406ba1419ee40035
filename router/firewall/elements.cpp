// Set elements as nf_tables netlink messages (libnftnl), in one batch.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/elements.hpp"

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <memory>
#include <string>

#include "router/firewall/netlink.hpp"
#include "router/firewall/ruleset.hpp"

namespace vivi::firewall {
namespace {

/// One message is a header, two names and a key: far below this.
constexpr std::size_t message_bytes = 1024;

struct FreeSet {
    void operator()(nftnl_set* set) const noexcept { ::nftnl_set_free(set); }
};

Bytes key_of(Mac mac) {
    Writer key;
    for (const auto octet : mac.octets) key.u8(octet);
    return key.take_bytes();
}
Bytes key_of(Ipv4 address) {
    Writer key;
    key.u32(address.value);
    return key.take_bytes();
}

/// Messages between NFNL_MSG_BATCH_BEGIN and _END: the kernel takes all or none.
class Batch {
public:
    explicit Batch(Netlink& netlink) : netlink_{netlink} { put_edge(::nftnl_batch_begin); }

    template <class Keys>
    void put(std::uint16_t verb, std::string_view set, const Keys& keys) {
        for (const auto& key : keys) put_element(verb, set, key_of(key));
    }
    Status commit() {
        if (last_ == 0) return {};
        put_edge(::nftnl_batch_end);
        if (auto sent = netlink_.send(bytes_); !sent) return sent;
        return netlink_.receive(last_);
    }

private:
    template <class Put>
    void put_edge(Put put) {
        Bytes message(message_bytes);
        const auto* header = put(static_cast<char*>(static_cast<void*>(message.data())), netlink_.next_sequence());
        append(message, *header);
    }
    void put_element(std::uint16_t verb, std::string_view set_name, const Bytes& key) {
        const std::unique_ptr<nftnl_set, FreeSet> set{::nftnl_set_alloc()};
        ::nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, std::string{table}.c_str());
        ::nftnl_set_set_str(set.get(), NFTNL_SET_NAME, std::string{set_name}.c_str());
        auto* element = ::nftnl_set_elem_alloc();  // Owned by the set from the next line but one on.
        ::nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, key.data(), static_cast<std::uint32_t>(key.size()));
        ::nftnl_set_elem_add(set.get(), element);

        Bytes message(message_bytes);
        const auto flags = static_cast<std::uint16_t>(NLM_F_ACK | (verb == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0));
        last_ = netlink_.next_sequence();
        auto* header =
            ::nftnl_nlmsg_build_hdr(static_cast<char*>(static_cast<void*>(message.data())), verb, NFPROTO_INET, flags, last_);
        ::nftnl_set_elems_nlmsg_build_payload(header, set.get());
        append(message, *header);
    }
    void append(const Bytes& message, const nlmsghdr& header) {
        bytes_.insert(bytes_.end(), message.begin(), message.begin() + static_cast<std::ptrdiff_t>(header.nlmsg_len));
    }

    Netlink& netlink_;
    Bytes bytes_;
    std::uint32_t last_ = 0;
};

}  // namespace

Status change_elements(const Changes& changes) {
    auto netlink = Netlink::open(NETLINK_NETFILTER);
    if (!netlink) return std::unexpected{std::move(netlink).error()};
    Batch batch{*netlink};
    batch.put(NFT_MSG_NEWSETELEM, banned_devices_set, changes.add_devices);
    batch.put(NFT_MSG_NEWSETELEM, banned_addresses_set, changes.add_addresses);
    batch.put(NFT_MSG_DELSETELEM, banned_devices_set, changes.remove_devices);
    batch.put(NFT_MSG_DELSETELEM, banned_addresses_set, changes.remove_addresses);
    if (auto done = batch.commit(); !done) return std::unexpected{std::move(done).error().in("changing set elements")};
    return {};
}

}  // namespace vivi::firewall
