// nf_tables dumps; the attributes are those of linux/netfilter/nf_tables.h.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/dump.hpp"

#include <arpa/inet.h>
#include <endian.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "router/firewall/names.hpp"

namespace vivi::firewall {
namespace {

constexpr std::size_t message_bytes = 512;

BytesView payload(const nlattr* attribute) {
    return {static_cast<const std::byte*>(::mnl_attr_get_payload(attribute)), ::mnl_attr_get_payload_len(attribute)};
}
std::string text_of(const nlattr* attribute) {
    const auto text = as_text(payload(attribute));
    return std::string{text.substr(0, text.find('\0'))};
}
std::uint32_t number(const nlattr* attribute) { return ntohl(::mnl_attr_get_u32(attribute)); }
std::uint64_t long_number(const nlattr* attribute) { return be64toh(::mnl_attr_get_u64(attribute)); }

/// FNV-1a, 64 bits, from where another ended.
std::uint64_t hash(BytesView bytes, std::uint64_t value = 0xcbf29ce484222325ULL) {
    for (const auto octet : bytes) value = (value ^ std::to_integer<std::uint64_t>(octet)) * 0x100000001b3ULL;
    return value;
}

/// Asks for what `verb` lists; `put` adds attributes. That there is none of it is no error, and no message.
Status dump(Netlink& netlink, std::uint16_t verb, std::uint16_t flags, const std::function<void(nlmsghdr*)>& put,
            const std::function<void(const nlmsghdr&)>& each) {
    Bytes message(message_bytes);
    const auto sequence = netlink.next_sequence();
    auto* header = ::mnl_nlmsg_put_header(message.data());
    header->nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | verb);
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    header->nlmsg_seq = sequence;
    auto* family = static_cast<nfgenmsg*>(::mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
    family->nfgen_family = NFPROTO_INET;
    family->version = NFNETLINK_V0;
    family->res_id = 0;
    put(header);
    if (auto sent = netlink.send(BytesView{message}.first(header->nlmsg_len)); !sent) return sent;
    return netlink.receive(sequence, each);
}

/// Every row of our table; `each` gets the attributes by their type.
using Attributes = std::map<std::uint16_t, const nlattr*>;
Status rows(Netlink& netlink, std::uint16_t verb, std::uint16_t table_type, const std::function<void(const Attributes&)>& each) {
    const auto put = [&](nlmsghdr* header) { ::mnl_attr_put_strz(header, table_type, std::string{table}.c_str()); };
    auto done = dump(netlink, verb, NLM_F_DUMP, put, [&](const nlmsghdr& message) {
        if (static_cast<const nfgenmsg*>(::mnl_nlmsg_get_payload(&message))->nfgen_family != NFPROTO_INET) return;
        Attributes attributes;
        each_attribute(message, sizeof(nfgenmsg),
                       [&](const nlattr* attribute) { attributes.emplace(::mnl_attr_get_type(attribute), attribute); });
        const auto owner = attributes.find(table_type);
        if (owner != attributes.end() && text_of(owner->second) == table) each(attributes);
    });
    if (!done && done.error().code == Code::NotFound) return {};
    return done;
}

ElementView element_in(const nlattr* list_element) {
    ElementView element;
    const auto value_in = [](const nlattr* outer) {
        BytesView value;
        each_nested(outer, [&](const nlattr* inner) {
            if (::mnl_attr_get_type(inner) == NFTA_DATA_VALUE) value = payload(inner);
        });
        return value;
    };
    each_nested(list_element, [&](const nlattr* attribute) {
        switch (::mnl_attr_get_type(attribute)) {
            case NFTA_SET_ELEM_KEY: element.key = value_in(attribute); break;
            case NFTA_SET_ELEM_DATA: element.data = value_in(attribute); break;
            case NFTA_SET_ELEM_FLAGS: element.flags = number(attribute); break;
            case NFTA_SET_ELEM_EXPIRATION: element.left = Milliseconds{static_cast<std::int64_t>(long_number(attribute))}; break;
            default: break;
        }
    });
    return element;
}

}  // namespace

Result<std::uint32_t> read_generation(Netlink& netlink) {
    std::optional<std::uint32_t> generation;
    auto asked = dump(
        netlink, NFT_MSG_GETGEN, NLM_F_ACK, [](nlmsghdr*) {},
        [&](const nlmsghdr& message) {
            each_attribute(message, sizeof(nfgenmsg), [&](const nlattr* attribute) {
                if (::mnl_attr_get_type(attribute) == NFTA_GEN_ID) generation = number(attribute);
            });
        });
    if (!asked) return std::unexpected{std::move(asked).error().in("reading the generation")};
    if (!generation) return failed(Code::Internal, "reading the generation: no answer");
    return *generation;
}

Result<Objects> read_objects(Netlink& netlink) {
    Objects objects;
    auto read = rows(netlink, NFT_MSG_GETCHAIN, NFTA_CHAIN_TABLE,
                     [&](const Attributes& row) { objects.chains.emplace(text_of(row.at(NFTA_CHAIN_NAME)), 0); });
    if (read) {
        read = rows(netlink, NFT_MSG_GETRULE, NFTA_RULE_TABLE,
                    [&](const Attributes& row) { ++objects.chains[text_of(row.at(NFTA_RULE_CHAIN))]; });
    }
    if (read) {
        read = rows(netlink, NFT_MSG_GETSET, NFTA_SET_TABLE, [&](const Attributes& row) {
            const auto flags = row.find(NFTA_SET_FLAGS);
            if (flags != row.end() && (number(flags->second) & NFT_SET_ANONYMOUS) != 0) return;
            objects.sets.insert(text_of(row.at(NFTA_SET_NAME)));
        });
    }
    if (read) {
        read = rows(netlink, NFT_MSG_GETOBJ, NFTA_OBJ_TABLE, [&](const Attributes& row) {
            const auto type = number(row.at(NFTA_OBJ_TYPE));
            if (type == NFT_OBJECT_COUNTER) objects.counters.insert(text_of(row.at(NFTA_OBJ_NAME)));
            if (type == NFT_OBJECT_LIMIT) objects.limits.insert(text_of(row.at(NFTA_OBJ_NAME)));
        });
    }
    if (!read) return std::unexpected{std::move(read).error().in("listing the table")};
    return objects;
}

Result<std::map<std::string, std::uint64_t>> read_chains(Netlink& netlink) {
    std::map<std::string, std::uint64_t> chains;
    auto read = rows(netlink, NFT_MSG_GETCHAIN, NFTA_CHAIN_TABLE, [&](const Attributes& row) {
        auto value = hash({});
        for (const std::uint16_t type : {NFTA_CHAIN_HOOK, NFTA_CHAIN_POLICY}) {
            if (const auto found = row.find(type); found != row.end()) value = hash(payload(found->second), value);
        }
        chains.emplace(text_of(row.at(NFTA_CHAIN_NAME)), value);
    });
    if (read) {
        read = rows(netlink, NFT_MSG_GETRULE, NFTA_RULE_TABLE, [&](const Attributes& row) {
            auto& value = chains[text_of(row.at(NFTA_RULE_CHAIN))];
            if (const auto found = row.find(NFTA_RULE_EXPRESSIONS); found != row.end())
                value = hash(payload(found->second), value + 1);
        });
    }
    if (!read) return std::unexpected{std::move(read).error().in("listing the rules")};
    return chains;
}

Status each_element(Netlink& netlink, std::string_view set, const std::function<void(const ElementView&)>& each) {
    const auto put = [&](nlmsghdr* header) {
        ::mnl_attr_put_strz(header, NFTA_SET_ELEM_LIST_TABLE, std::string{table}.c_str());
        ::mnl_attr_put_strz(header, NFTA_SET_ELEM_LIST_SET, std::string{set}.c_str());
    };
    auto done = dump(netlink, NFT_MSG_GETSETELEM, NLM_F_DUMP, put, [&](const nlmsghdr& message) {
        each_attribute(message, sizeof(nfgenmsg), [&](const nlattr* attribute) {
            if (::mnl_attr_get_type(attribute) != NFTA_SET_ELEM_LIST_ELEMENTS) return;
            each_nested(attribute, [&](const nlattr* element) { each(element_in(element)); });
        });
    });
    if (!done) return std::unexpected{std::move(done).error().in("reading set " + std::string{set})};
    return {};
}

Result<std::set<Element>> read_elements(Netlink& netlink, std::string_view set) {
    std::set<Element> elements;
    auto read = each_element(netlink, set, [&](const ElementView& one) {
        elements.insert({.key = {one.key.begin(), one.key.end()}, .data = {one.data.begin(), one.data.end()}});
    });
    if (!read) return std::unexpected{std::move(read).error()};
    return elements;
}

Result<std::uint64_t> read_sum(Netlink& netlink, std::string_view set) {
    std::uint64_t sum = 0;
    auto read = each_element(netlink, set, [&](const ElementView& one) { sum += hash(one.data, hash(one.key) + one.flags); });
    if (!read) return std::unexpected{std::move(read).error()};
    return sum;
}

Result<std::map<std::string, Count>> read_counters(Netlink& netlink) {
    std::map<std::string, Count> counters;
    auto read = rows(netlink, NFT_MSG_GETOBJ, NFTA_OBJ_TABLE, [&](const Attributes& row) {
        if (number(row.at(NFTA_OBJ_TYPE)) != NFT_OBJECT_COUNTER || !row.contains(NFTA_OBJ_DATA)) return;
        auto& count = counters[text_of(row.at(NFTA_OBJ_NAME))];
        each_nested(row.at(NFTA_OBJ_DATA), [&](const nlattr* value) {
            if (::mnl_attr_get_type(value) == NFTA_COUNTER_PACKETS) count.packets = long_number(value);
            if (::mnl_attr_get_type(value) == NFTA_COUNTER_BYTES) count.bytes = long_number(value);
        });
    });
    if (!read) return std::unexpected{std::move(read).error().in("reading the counters")};
    return counters;
}

}  // namespace vivi::firewall
