// The port's verbs, each given to the file that knows how.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/kernel.hpp"

#include <linux/netlink.h>

#include <array>
#include <fstream>

#include "router/firewall/batch.hpp"
#include "router/firewall/bundles.hpp"
#include "router/firewall/conntrack.hpp"
#include "router/firewall/dump.hpp"
#include "router/firewall/elements.hpp"
#include "router/firewall/names.hpp"
#include "router/firewall/neighbours.hpp"
#include "router/firewall/ruleset.hpp"
#include "router/firewall/runner.hpp"

namespace vivi::firewall {
namespace {

Result<Netlink> open() { return Netlink::open(NETLINK_NETFILTER); }

/// What differs between the kernel's own sets and the plan's.
Status compare_contents(Netlink& netlink, const Plan& plan, Drift& drift) {
    for (const auto& [name, wanted] : contents(plan)) {
        const auto found = read_elements(netlink, name);
        if (!found && found.error().code == Code::NotFound)
            drift.what.push_back("set " + name + " is gone");
        else if (!found)
            return std::unexpected{found.error()};
        else if (*found != wanted)
            drift.what.push_back("set " + name + " holds other elements");
    }
    return {};
}

Status compare_chains(Netlink& netlink, const std::map<std::string, std::uint64_t>& wanted, Drift& drift) {
    const auto found = read_chains(netlink);
    if (!found) return std::unexpected{found.error()};
    for (const auto& [name, fingerprint] : wanted) {
        const auto chain = found->find(name);
        if (chain == found->end())
            drift.what.push_back("chain " + name + " is gone");
        else if (chain->second != fingerprint)
            drift.what.push_back("chain " + name + " has other rules");
    }
    return {};
}

/// A sum that is not known yet becomes known.
Status compare_prefixes(Netlink& netlink, std::map<std::string, std::optional<std::uint64_t>>& wanted, Drift& drift) {
    for (auto& [name, sum] : wanted) {
        const auto found = read_sum(netlink, name);
        if (!found && found.error().code != Code::NotFound) return std::unexpected{found.error()};
        if (found && !sum) sum = *found;
        if (!found || *found != *sum) drift.what.push_back("set " + name + " holds other prefixes");
    }
    return {};
}

/// What load() made, read back: every chain with as many rules as the text had, every set and counter.
Status compare_objects(Netlink& netlink, const Objects& wanted) {
    const auto found = read_objects(netlink);
    if (!found) return std::unexpected{found.error()};
    for (const auto& [name, rules] : wanted.chains) {
        const auto chain = found->chains.find(name);
        if (chain == found->chains.end() || chain->second != rules)
            return failed(Code::Internal, "nftables: chain " + name + " read back is not what was loaded");
    }
    const auto contains = [](const auto& all, const auto& some) { return std::ranges::includes(all, some); };
    if (!contains(found->sets, wanted.sets) || !contains(found->counters, wanted.counters) ||
        !contains(found->limits, wanted.limits))
        return failed(Code::Internal, "nftables: the sets and counters read back are not what was loaded");
    return {};
}

constexpr Seconds between_prefix_checks{60};
/// The kernel's listing of intervals takes time in the square of their number (nft_rbtree_walk, once a page): more are left to
/// check().
constexpr std::size_t most_rules_read_back = 4096;

bool is_of_prefixes(const std::string& set) { return set.starts_with("prefixes") || set.starts_with("resolvers"); }

Status write_one(const char* path) {
    std::ofstream file{path};
    file << "1\n" << std::flush;
    if (!file) return failed(Code::Denied, std::string{path} + ": cannot be written (needs root, or a unit that sets it)");
    return {};
}

}  // namespace

Status Kernel::load(const Plan& plan) {
    const auto ruleset = compose(plan);
    if (!ruleset) return std::unexpected{ruleset.error()};
    auto netlink = open();
    if (!netlink) return std::unexpected{std::move(netlink).error()};
    const auto before = read_objects(*netlink);
    if (!before) return std::unexpected{before.error()};
    if (auto run = run_script(ruleset->text + deletion(*before, ruleset->objects)); !run) return run;
    guards_bridges_ = run_script(std::string{bridge_guard}).has_value();

    if (auto compared = compare_objects(*netlink, ruleset->objects); !compared) return compared;
    Drift drift;
    if (auto compared = compare_contents(*netlink, plan, drift); !compared) return compared;
    if (!drift.empty()) return failed(Code::Internal, "nftables: " + drift.what.front() + " right after loading");
    Loaded loaded{.forwards_ipv6 = forwards_ipv6(plan)};
    auto chains = read_chains(*netlink);
    if (!chains) return std::unexpected{std::move(chains).error()};
    loaded.chains = *std::move(chains);
    for (const auto& name : ruleset->objects.sets) {
        if (is_of_prefixes(name)) loaded.prefixes.emplace(name, std::nullopt);
    }
    if (plan.rules.size() <= most_rules_read_back) {
        if (auto read = compare_prefixes(*netlink, loaded.prefixes, drift); !read) return read;
    }
    loaded_ = std::move(loaded);
    return {};
}

Result<Netlink*> Kernel::for_elements() {
    if (!elements_) {
        auto opened = open();
        if (!opened) return std::unexpected{std::move(opened).error()};
        elements_.emplace(*std::move(opened));
    }
    return &*elements_;
}

Status Kernel::after(Status done, std::string_view doing) {
    if (done) return done;
    elements_.reset();
    return std::unexpected{std::move(done).error().in(doing)};
}

Status Kernel::change(const Changes& changes) {
    const auto netlink = for_elements();
    if (!netlink) return std::unexpected{netlink.error()};
    return after(change_elements(**netlink, changes), "changing set elements");
}

Result<Drift> Kernel::check(const Plan& plan) {
    if (!loaded_) return Drift{.what = {"nothing was loaded"}};
    auto netlink = open();
    if (!netlink) return std::unexpected{std::move(netlink).error()};
    const auto generation = read_generation(*netlink);
    if (!generation) return std::unexpected{generation.error()};
    if (loaded_->generation == *generation) return Drift{};
    Drift drift;
    auto compared = compare_chains(*netlink, loaded_->chains, drift);
    if (compared) compared = compare_contents(*netlink, plan, drift);
    const auto now = std::chrono::steady_clock::now();
    const bool reads_prefixes = !loaded_->prefixes_read || now - *loaded_->prefixes_read >= between_prefix_checks;
    if (compared && reads_prefixes) {
        compared = compare_prefixes(*netlink, loaded_->prefixes, drift);
        loaded_->prefixes_read = now;
    }
    if (!compared) return std::unexpected{std::move(compared).error()};
    if (drift.empty() && reads_prefixes) loaded_->generation = *generation;
    return drift;
}

Result<std::vector<Hits>> Kernel::counters(const Plan& plan) {
    auto netlink = open();
    if (!netlink) return std::unexpected{std::move(netlink).error()};
    const auto counts = read_counters(*netlink);
    if (!counts) return std::unexpected{counts.error()};
    std::vector<Hits> hits;
    for (auto& one : counted(plan)) {
        const auto found = counts->find(one.counter);
        if (found == counts->end() || found->second.packets == 0) continue;
        one.packets = found->second.packets;
        one.bytes = found->second.bytes;
        hits.push_back(std::move(one));
    }
    return hits;
}

Status Kernel::cut(const Flow& flow, Seconds timeout) {
    const auto netlink = for_elements();
    if (!netlink) return std::unexpected{netlink.error()};
    Batch batch{**netlink};
    const auto is_ipv4 = from_mapped(flow.local).has_value();
    const std::array element{element_of(flow)};
    batch.add(is_ipv4 ? dynamic::cut4 : dynamic::cut6, element, timeout);
    if (auto done = after(batch.commit(), "cutting a flow"); !done) return done;
    // TCP's entry stays: through it both ends get their reset. Nothing else has an end to tell, and the next datagram down finds
    // no way in.
    constexpr std::uint8_t tcp = 6;
    return flow.protocol == tcp ? Status{} : forget_flow(flow);
}

Status Kernel::forget(const Forget& forget) { return forget_connections(forget); }

Result<std::vector<Place>> Kernel::neighbours() { return read_neighbours(); }

Status Kernel::enable_forwarding() {
    if (auto done = write_one("/proc/sys/net/ipv4/ip_forward"); !done) return done;
    return loaded_ && loaded_->forwards_ipv6 ? write_one("/proc/sys/net/ipv6/conf/all/forwarding") : Status{};
}

}  // namespace vivi::firewall
