// libnftnl builds the messages.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/batch.hpp"

#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <memory>
#include <string>

#include "router/firewall/names.hpp"

namespace vivi::firewall {
namespace {

/// An attribute's length has 16 bits: so many elements of the longest key stay far below.
constexpr std::size_t elements_of_a_message = 256;
constexpr std::size_t edge_bytes = 128, head_bytes = 256, element_bytes = 128;

struct FreeSet {
    void operator()(nftnl_set* set) const noexcept { ::nftnl_set_free(set); }
};

char* as_chars(std::byte* bytes) { return static_cast<char*>(static_cast<void*>(bytes)); }

}  // namespace

Batch::Batch(Netlink& netlink) : netlink_{netlink} { put_edge(::nftnl_batch_begin); }

template <class Put>
void Batch::put_edge(Put put) {
    const auto begin = bytes_.size();
    bytes_.resize(begin + edge_bytes);
    const auto* header = put(as_chars(bytes_.data() + begin), netlink_.next_sequence());
    bytes_.resize(begin + header->nlmsg_len);
}

void Batch::add(std::string_view set, std::span<const Element> elements, std::optional<Seconds> timeout) {
    put(NFT_MSG_NEWSETELEM, set, elements, timeout);
}

void Batch::remove(std::string_view set, std::span<const Element> elements) {
    put(NFT_MSG_DELSETELEM, set, elements, std::nullopt);
}

void Batch::put(std::uint16_t verb, std::string_view set, std::span<const Element> elements, std::optional<Seconds> timeout) {
    while (!elements.empty()) {
        const auto count = std::min(elements.size(), elements_of_a_message);
        put_some(verb, set, elements.first(count), timeout);
        elements = elements.subspan(count);
    }
}

void Batch::put_some(std::uint16_t verb, std::string_view name, std::span<const Element> elements,
                     std::optional<Seconds> timeout) {
    const std::unique_ptr<nftnl_set, FreeSet> set{::nftnl_set_alloc()};
    ::nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, std::string{table}.c_str());
    ::nftnl_set_set_str(set.get(), NFTNL_SET_NAME, std::string{name}.c_str());
    for (const auto& from : elements) {
        auto* element = ::nftnl_set_elem_alloc();  // Owned by the set once it is added.
        ::nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, from.key.data(), static_cast<std::uint32_t>(from.key.size()));
        if (!from.data.empty())
            ::nftnl_set_elem_set(element, NFTNL_SET_ELEM_DATA, from.data.data(), static_cast<std::uint32_t>(from.data.size()));
        if (timeout)
            ::nftnl_set_elem_set_u64(element, NFTNL_SET_ELEM_TIMEOUT, static_cast<std::uint64_t>(timeout->count()) * 1000);
        ::nftnl_set_elem_add(set.get(), element);
    }
    last_ = bytes_.size();
    last_sequence_ = netlink_.next_sequence();
    bytes_.resize(last_ + head_bytes + elements.size() * element_bytes);
    const auto flags = static_cast<std::uint16_t>(verb == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0);
    auto* header = ::nftnl_nlmsg_build_hdr(as_chars(bytes_.data() + last_), verb, NFPROTO_INET, flags, last_sequence_);
    ::nftnl_set_elems_nlmsg_build_payload(header, set.get());
    bytes_.resize(last_ + header->nlmsg_len);
}

Status Batch::commit() {
    if (last_ == 0) return {};
    // Only the last is acknowledged, errors of the others are reported all the same.
    static_cast<nlmsghdr*>(static_cast<void*>(bytes_.data() + last_))->nlmsg_flags |= NLM_F_ACK;
    put_edge(::nftnl_batch_end);
    if (auto sent = netlink_.send(bytes_); !sent) return sent;
    return netlink_.receive(last_sequence_);
}

}  // namespace vivi::firewall
