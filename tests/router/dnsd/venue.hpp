// A small event: two guests, a router, an upstream that says what the test says; and dnsd's engine between them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/model/configuration.hpp"
#include "common/policy/rules.hpp"
#include "common/wire/dns_message_writer.hpp"
#include "router/dnsd/engine.hpp"
#include "tests/common/wire/dns_messages.hpp"
#include "tests/router/dnsd/dns_text.hpp"

namespace vivi::test {

inline constexpr Mac phone{{2, 0, 0, 0, 0, 1}}, laptop{{2, 0, 0, 0, 0, 2}};
inline constexpr Ipv4 phone_address{0x0a000064}, laptop_address{0x0a000065}, router_address{0x0a000001};
inline const dnsd::Endpoint upstream{to_mapped(Ipv4{0x0a350035}), 53}, other_upstream{to_mapped(Ipv4{0x0a350036}), 53};
namespace type = wire::dns::type;

inline model::Network lan() {
    return {.name = "lan",
            .interface = "br-lan",
            .vlan = {},
            .address = {router_address, 24},
            .dhcp = model::Dhcp{.from = {0x0a000064}, .to = {0x0a0000c8}, .domain = "party.example"}};
}
inline model::Lease lease(Mac device, Ipv4 address, std::string hostname, std::int64_t granted_at = 0) {
    return {.device = device,
            .address = address,
            .network = "lan",
            .hostname = std::move(hostname),
            .client_id = {},
            .vendor_class = {},
            .duration = Seconds{3600},
            .granted_at = from_unix_ms(granted_at),
            .expires_at = {}};
}
inline dnsd::Client from(Ipv4 address, std::uint16_t port = 40000, dnsd::Transport transport = dnsd::Transport::Udp) {
    return {.from = {to_mapped(address), port}, .local = to_mapped(router_address), .transport = transport, .route = 7};
}

/// How a client asks.
struct Query {
    std::string name{};
    std::uint16_t type = type::a;
    std::uint16_t id = 0x1234;
    std::uint16_t flags = 0x0100;  ///< RD.
    int payload = 1232;            ///< Of its OPT; negative: no OPT.
    bool dnssec_ok = false;
    Bytes options{};
};
inline Bytes query(const Query& asked) {
    Writer out;
    out.u16(asked.id).u16(asked.flags).u16(1).u16(0).u16(0).u16(asked.payload < 0 ? 0 : 1);
    out.put(labels(asked.name)).u16(asked.type).u16(1);
    if (asked.payload >= 0) {
        out.u8(0).u16(41).u16(static_cast<std::uint16_t>(asked.payload)).u32(asked.dnssec_ok ? 0x8000 : 0);
        out.u16(static_cast<std::uint16_t>(asked.options.size())).put(asked.options);
    }
    return out.take_bytes();
}

/// What an upstream answers to `ask`: its id, its question as it is, these records, and OPT.
inline Bytes reply_to(BytesView ask, const std::vector<DnsRecord>& answers, std::uint16_t flags = 0x8180,
                      const Bytes& options = {}) {
    wire::dns::Message asked;
    if (!parse_message(ask, asked)) return {};
    Writer out;
    out.u16(asked.header.id).u16(flags).u16(1).u16(static_cast<std::uint16_t>(answers.size())).u16(0).u16(1);
    out.put(ask.subspan(12, asked.question_end - 12U));
    for (const auto& record : answers) {
        out.put(record.owner).u16(record.type).u16(1).u32(record.ttl);
        out.u16(static_cast<std::uint16_t>(record.data.size())).put(record.data);
    }
    out.u8(0).u16(41).u16(1232).u32(0).u16(static_cast<std::uint16_t>(options.size())).put(options);
    return out.take_bytes();
}

/// A policy that owns what its engine looks at.
struct OwnedPolicy {
    Bytes rules{}, arena{};
    policy::Engine engine{};

    static std::shared_ptr<const policy::Engine> make(const model::Policy& document,
                                                      const std::vector<std::pair<std::string, std::string>>& categories = {}) {
        auto owned = std::make_shared<OwnedPolicy>();
        policy::CatalogueBuilder builder;
        for (const auto& [category, name] : categories) builder.add(name, builder.tag(policy::TagKind::Category, category), true);
        owned->arena = builder.build().value();
        owned->rules = policy::compile(document, 1);
        owned->engine = policy::Engine::open(owned->rules, policy::Catalogue::open(owned->arena).value()).value();
        return {owned, &owned->engine};
    }
};
inline model::DomainRule deny(std::string domain) { return {.domain = std::move(domain)}; }
inline model::DomainRule allow(std::string domain) { return {.domain = std::move(domain), .decision = model::Decision::Allow}; }

/// The event. `out` is emptied before each verb, so a test sees what the last one decided.
struct Venue {
    dnsd::SeededRandom random{1};
    dnsd::Engine engine;
    dnsd::Decisions out{};
    Instant now{Seconds{100}};
    model::Dns dns{};

    explicit Venue(const dnsd::Limits& limits = {}) : engine{random, limits} {
        set_dns();
        engine.set_upstreams(std::vector{upstream});
        engine.set_leases(std::vector{lease(phone, phone_address, "phone"), lease(laptop, laptop_address, "laptop")});
    }
    void set_dns() { engine.set_dns(dns, std::vector{lan()}); }
    std::vector<firewall::Allowed> set_policy(const model::Policy& document,
                                              const std::vector<std::pair<std::string, std::string>>& categories = {}) {
        return engine.set_policy(OwnedPolicy::make(document, categories));
    }

    void send(BytesView bytes, const dnsd::Client& client) {
        out.clear();
        engine.query(bytes, client, now, out);
    }
    /// Asks as the phone; the answers, or what went upstream.
    std::string ask(const Query& asked, const dnsd::Client& client = from(phone_address)) {
        send(query(asked), client);
        return text();
    }
    std::string ask(const std::string& name, std::uint16_t wanted = type::a) { return ask(Query{.name = name, .type = wanted}); }

    /// The last question that went upstream, and the bytes of it.
    dnsd::Decisions::Ask sent{};
    Bytes sent_bytes{};
    void remember_ask() {
        if (out.asks().empty()) return;
        sent = out.asks().back();
        const auto bytes = out.bytes(sent);
        sent_bytes.assign(bytes.begin(), bytes.end());
    }
    /// The upstream says this, byte by byte, where it was asked.
    std::string receive(BytesView bytes) { return receive(bytes, sent.to, sent.slot); }
    std::string receive(BytesView bytes, const dnsd::Endpoint& who, dnsd::SlotId slot) {
        out.clear();
        engine.upstream_answer(bytes, who, sent.transport, slot, now, out);
        return text();
    }
    /// Asks, lets the upstream answer with these records, and gives what the client hears.
    std::string resolve(const Query& asked, const std::vector<DnsRecord>& answers, std::uint16_t flags = 0x8180) {
        ask(asked);
        return receive(reply_to(sent_bytes, answers, flags));
    }
    std::string resolve(const std::string& name, const std::vector<DnsRecord>& answers) {
        return resolve(Query{.name = name}, answers);
    }
    std::string pass(Milliseconds time) {
        now += time;
        out.clear();
        engine.expire(now, out);
        return text();
    }

    /// The answers, one a line; "upstream" for each question that goes there; "silence".
    std::string text() {
        remember_ask();
        std::string all;
        const auto line = [&](const std::string& next) { all += (all.empty() ? "" : "\n") + next; };
        for (const auto& answer : out.answers()) line(dns_text(out.bytes(answer)));
        for (const auto& asked : out.asks()) line(asked.transport == dnsd::Transport::Tcp ? "upstream by tcp" : "upstream");
        return all.empty() ? "silence" : all;
    }
};

}  // namespace vivi::test
