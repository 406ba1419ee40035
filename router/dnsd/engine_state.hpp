// What an engine is made of: its tables, and the steps that its verbs share. Included by engine*.cpp only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/wire/dns_message.hpp"
#include "router/dnsd/allowed_names.hpp"
#include "router/dnsd/answer.hpp"
#include "router/dnsd/answer_cache.hpp"
#include "router/dnsd/engine.hpp"
#include "router/dnsd/flight.hpp"
#include "router/dnsd/keyed_hash.hpp"
#include "router/dnsd/local_names.hpp"
#include "router/dnsd/question.hpp"
#include "router/dnsd/random_pool.hpp"
#include "router/dnsd/response.hpp"
#include "router/dnsd/seen_table.hpp"
#include "router/dnsd/upstream_table.hpp"

namespace vivi::dnsd {

/// How many questions each client has waiting, by a keyed hash of its address: two may share a counter, nobody can choose to.
class WaitingClients {
public:
    static constexpr std::uint16_t uncounted = 0xffff;  ///< The router itself.

    std::uint16_t bucket(const Ipv6& address, const KeyedHash& hash) const noexcept {
        return static_cast<std::uint16_t>(hash(std::as_bytes(std::span{address.octets})) & (counts_.size() - 1));
    }
    std::uint32_t count(std::uint16_t bucket) const noexcept { return bucket == uncounted ? 0 : counts_.at(bucket); }
    void enter(std::uint16_t bucket) noexcept {
        if (bucket != uncounted) ++counts_.at(bucket);
    }
    void leave(std::uint16_t bucket) noexcept {
        if (bucket != uncounted) --counts_.at(bucket);
    }

private:
    std::array<std::uint32_t, 4096> counts_{};
};

struct Engine::State {
    State(RandomSource& source, const Limits& bounds);

    // engine_query.cpp: a client's question.
    void query(BytesView bytes, const Client& client, Instant now, Decisions& out);
    bool answer_locally(const Client& client, const policy::Verdict& verdict, Decisions& out);
    bool answer_special(const Client& client, const policy::Verdict& verdict, Decisions& out);
    void answer_found(const LocalNames::Found& found, const Client& client, Decisions& out);
    void forward(const Client& client, Instant now, Decisions& out);
    void join(FlightIndex index, const Client& client, std::uint16_t bucket);
    bool is_repeated(FlightIndex index, const Client& client) const noexcept;
    bool answer_from_cache(std::uint64_t number, const FlightKey& key, const Client& client, Instant now, Decisions& out);
    Waiter waiter_of(const Client& client, std::uint16_t bucket) const noexcept;

    // engine_upstream.cpp: asking, and what comes back.
    void ask(FlightIndex index, UpstreamId upstream, Transport transport, Instant now, Decisions& out);
    void retry(FlightIndex index, Instant now, Decisions& out);
    void fail(FlightIndex index, Decisions& out);
    void finish(FlightIndex index) noexcept;
    void upstream_answer(BytesView bytes, const Endpoint& from, Transport transport, SlotId slot, Instant now, Decisions& out);
    void upstream_failed(const Endpoint& endpoint, Transport transport, std::uint16_t id, Instant now, Decisions& out);
    void expire(Instant now, Decisions& out);
    bool is_answer_to(FlightIndex index, UpstreamId upstream, Instant now, Decisions& out);
    void truncated(FlightIndex index, UpstreamId upstream, Instant now, Decisions& out);

    // engine_deliver.cpp: an answer to each who waits for it.
    void deliver(FlightIndex index, Instant now, Decisions& out);
    bool read_answer();  ///< `message` into `response`; false: it cannot be passed on.
    void deliver_to(const Waiter& waiter, Instant now, Decisions& out);
    bool block_alias(const Client& client, const DeviceTable::Known& known, const policy::Verdict& question, Decisions& out);
    void allow_addresses(policy::ViewId view, Instant now, Decisions& out);
    void find_denied_hints(const policy::Subject& subject);
    void assume(FlightIndex index);     ///< `asked` becomes the flight's question …
    void assume(const Waiter& waiter);  ///< … as this client put it.

    // Shared.
    bool is_router(const Client& client) const noexcept;
    bool is_private_name(std::string_view name) const noexcept;
    std::string_view explain(const policy::Verdict& verdict);
    void block(const Client& client, const DeviceTable::Known& known, const policy::Verdict& verdict, std::string_view name,
               Decisions& out);
    void refuse(const Client& client, std::uint16_t rcode, std::optional<Explanation> why, Decisions& out);

    Limits limits;
    RandomPool random;
    KeyedHash hash;
    Counters counters{};
    std::shared_ptr<const policy::Engine> policy = std::make_shared<policy::Engine>();
    model::Dns dns{};
    std::vector<model::Network> networks{};
    std::vector<model::Lease> leases{};
    LocalNames names{};
    DeviceTable devices;
    UpstreamTable upstreams{};
    FlightTable flights;
    AnswerCache cache;
    AllowedNames allowed;
    WaitingClients clients{};
    std::vector<std::uint32_t> slot_asks;  ///< By SlotId.

    SeenTable seen, hits;
    std::vector<std::pair<policy::Layer, std::string>> hit_rules{};  ///< Beside the rows of `hits`.
    std::unordered_map<std::uint64_t, std::string> rule_texts{};     ///< "vivi: <rule>", of this policy.
    std::optional<Instant> seen_since{}, hits_since{};

    // Room that is used again and again.
    wire::dns::Message message{};
    Asked asked{};
    Response response{};
    std::vector<Ipv6> denied_hints{};
    std::string alias_text{};
    Bytes cached{};
};

}  // namespace vivi::dnsd
