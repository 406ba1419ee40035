// An upstream's answer, given to each client as the policy of its device has it.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "router/dnsd/engine_state.hpp"

namespace vivi::dnsd {
namespace {

using namespace wire::dns;  // NOLINT: the words of this file.

/// What allow-listed devices may remember: the elements of the firewall outlive it by AllowedNames::grace.
constexpr std::uint32_t most_allowed_ttl = 60;

bool is_allow_listed(const policy::Subject& subject) noexcept {
    return subject.mode == model::Mode::AllowListed && subject.standing != policy::Standing::Protected;
}

/// Whose addresses are let through one by one: an allow-listed device's, and those a new one may reach although nobody has
/// admitted it.
std::optional<policy::ViewId> listed_view(const policy::Engine& policy, const policy::Subject& subject) noexcept {
    if (subject.standing == policy::Standing::New && policy.new_devices() != model::NewDevices::Allow) return policy::newcomers;
    if (is_allow_listed(subject)) return subject.view;
    return std::nullopt;
}

bool asks_for_addresses(std::uint16_t type) noexcept { return type == type::a || type == type::aaaa; }

}  // namespace

void Engine::State::assume(FlightIndex index) {
    asked.question.name = flights[index].key.name;
    asked.question.type = flights[index].key.type;
    asked.question.klass = class_in;
    asked.dnssec_ok = flights[index].key.dnssec_ok;
    asked.question.name.text(asked.name);
}

void Engine::State::assume(const Waiter& waiter) {
    asked.id = waiter.id;
    asked.flags = waiter.flags;
    asked.has_edns = waiter.has_edns;
    asked.most_bytes = waiter.most_bytes;
    std::ranges::transform(asked.question.name.octets(), asked.question.name.octets().begin(), folded);
    apply_case(waiter.letter_case, asked.question.name);
}

bool Engine::State::block_alias(const Client& client, const DeviceTable::Known& known, const policy::Verdict& question,
                                Decisions& out) {
    for (const auto& alias : response.aliases()) {
        const auto verdict = policy->decide_name(known.subject, alias.text());
        // What allowed the asked name was said knowingly: only a layer that is not behind it can take that back.
        if (!verdict.is_denied() || verdict.layer > question.layer) continue;
        block(client, known, verdict, alias.text(), out);
        return true;
    }
    return false;
}

void Engine::State::find_denied_hints(const policy::Subject& subject) {
    denied_hints.clear();
    for (const auto& hint : response.hints()) {
        const auto tcp = policy->decide_address(subject, hint, model::Transport::Tcp, 443);
        const auto udp = policy->decide_address(subject, hint, model::Transport::Udp, 443);
        const bool is_by_rule = tcp.layer != policy::Layer::Default && udp.layer != policy::Layer::Default;
        if (tcp.is_denied() && udp.is_denied() && is_by_rule) denied_hints.push_back(hint);
    }
}

void Engine::State::allow_addresses(policy::ViewId view, Instant now, Decisions& out) {
    for (const auto& address : response.addresses()) {
        if (std::ranges::find(denied_hints, address) != denied_hints.end()) continue;
        const firewall::Allowed element{.view = view, .address = address};
        if (allowed.allow(element, asked.name.text(), now)) out.allow(element, Seconds{most_allowed_ttl} + AllowedNames::grace);
    }
}

void Engine::State::deliver_to(const Waiter& waiter, Instant now, Decisions& out) {
    const auto& client = waiter.client;
    const auto& known = devices.find(client.from.address);
    assume(waiter);
    Response::Treatment treatment{};
    denied_hints.clear();
    if (!is_router(client)) {
        const auto verdict = policy->decide_name(known.subject, asked.name.text());
        if (verdict.is_denied()) return block(client, known, verdict, asked.name.text(), out);
        if (block_alias(client, known, verdict, out)) return;
        find_denied_hints(known.subject);
        treatment.denied_hints = denied_hints;
        if (const auto view = listed_view(*policy, known.subject)) {
            treatment.most_ttl = most_allowed_ttl;
            allow_addresses(*view, now, out);
        }
    }
    ++counters.answered;
    if (response.is_only_private() && asks_for_addresses(asked.question.type)) {
        Reply reply{out.room(asked.most_bytes), asked, Explanation{Ede::Blocked, "vivi: rebinding"}};
        out.answer(client, reply.nothing(blocked_ttl).finish(rcode::no_error));
        return;
    }
    const auto written = response.write(out.room(asked.most_bytes), asked, treatment);
    counters.truncated += written.is_cut ? 1 : 0;
    out.answer(client, written.size);
}

bool Engine::State::read_answer() {
    const FilterRules rules{.strips_ech = dns.strict, .allows_private = is_private_name(asked.name.text()), .names = &names};
    const bool is_whole = (message.header.flags & flag::tc) == 0;  // Cut even by TCP: nobody knows what is missing.
    const bool can_pass = response.read(message, rules) && is_whole;
    counters.rebinding += response.private_removed();
    counters.ech += response.ech_removed();
    return can_pass;
}

void Engine::State::deliver(FlightIndex index, Instant now, Decisions& out) {
    assume(index);
    const bool can_pass = read_answer();
    if (can_pass) cache.keep(flights[index].hash, flights[index].key, message, now);
    for (auto at = flights[index].first_waiter; at != no_index; at = flights.waiter(at).next) {
        const auto& waiter = flights.waiter(at);
        if (can_pass) {
            deliver_to(waiter, now, out);
            continue;
        }
        assume(waiter);
        ++counters.failed;
        refuse(waiter.client, rcode::serv_fail, Explanation{Ede::Other, "vivi: the upstream's answer cannot be used"}, out);
    }
    finish(index);
}

}  // namespace vivi::dnsd
