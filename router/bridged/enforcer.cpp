// Building, putting in force, and keeping it so.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/enforcer.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/model/lease.hpp"
#include "common/policy/strict.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/firewall/ruleset.hpp"
#include "router/state/keys.hpp"

namespace vivi::bridged {
namespace {

/// Between two writes of last-good.nft for leases alone: a card wears out.
constexpr Milliseconds between_files{60'000};
constexpr Milliseconds file_again_after{5'000};
constexpr Milliseconds between_clocks{600'000};
/// Texts of lists come by another way than the document.
constexpr Milliseconds between_looks_for_lists{5'000};

/// Given back when the one who took it is done or cancelled.
class Busy {
public:
    Busy(bool& flag, Signal& idle) : flag_{flag}, idle_{idle} { flag_ = true; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() {
        flag_ = false;
        idle_.notify();
    }

private:
    bool& flag_;
    Signal& idle_;
};

}  // namespace

Enforcer::Enforcer(const net::any_io_executor& executor, Ports ports, Options options)
    : ports_{ports},
      options_{std::move(options)},
      images_{options_.images},
      clock_{options_.trust, read_saved_time(options_.time_file)},
      wake_{executor},
      idle_{executor} {}

void Enforcer::set_dns(firewall::DnsState state) {
    dns_ = state;
    wake_.notify();
}

void Enforcer::list_came() {
    is_list_news_ = true;
    wake_.notify();
}

std::vector<std::string> Enforcer::lists() const {
    std::vector<std::string> all;
    if (!in_force_) return all;
    for (const auto& rule : in_force_->configuration.policy.lists) all.push_back(rule.sha256);
    return all;
}

// ---- a configuration ----

Task<Status> Enforcer::apply(model::Configuration configuration) {
    auto read = [this, name = configuration.policy.time_zone] { return read_time_zone(options_.zones, name); };
    auto zone = co_await blocking(files_, std::move(read));
    if (!zone) co_return std::unexpected{std::move(zone).error().in("/policy/time_zone")};
    InForce next{.configuration = std::move(configuration), .zone = *std::move(zone)};
    next.moment = moment_of(policy::decided_policy(next.configuration), next.zone, look_at_clock());
    // Before anybody waits for us: a large list takes seconds.
    auto built = co_await build(next);
    if (!built) co_return std::unexpected{std::move(built).error()};

    while (is_busy_) co_await idle_.wait();
    const Busy busy{is_busy_, idle_};
    auto done = co_await put_in_force(std::move(next), *std::move(built), in_force_ ? Files::Must : Files::Should);
    if (!done) co_return done;
    if (write_ruleset_at_) write_ruleset_at_ = now();
    wake_.notify();  // follow() has another deadline now.
    co_return Status{};
}

Task<Result<PolicyImages::Built>> Enforcer::build(const InForce& next) {
    auto call = [this, &next] {
        return images_.build(next.configuration.policy, next.moment.policy, next.configuration.revision);
    };
    co_return co_await blocking(files_, std::move(call));
}

/// Files before the kernel: who is told of a revision finds them, and what the kernel refuses is taken back.
Task<Status> Enforcer::put_in_force(InForce next, std::optional<PolicyImages::Built> built, Files files) {
    if (built) {
        next.problems = built->problems;
        auto install = [this, &built] { return images_.install(*built); };
        const auto installed = co_await blocking(files_, std::move(install));
        if (!installed && files == Files::Must) co_return std::unexpected{installed.error()};
        if (!installed) {
            log::error("policy.not_written", {{"reason", installed.error().detail}});
            next.problems.push_back("/policy: " + installed.error().detail);
            built.reset();
        }
    }
    auto effective = next.configuration;
    effective.policy = next.moment.policy;
    next.plan = firewall::plan(effective, co_await facts(), next.moment.clock.now);
    auto done = co_await bring_to_kernel(next.plan);
    if (built) {
        auto settle = [this, &built, is_kept = done.has_value()] { is_kept ? images_.keep(*built) : images_.restore(*built); };
        co_await blocking(files_, std::move(settle));
    }
    if (done) in_force_ = std::move(next);
    co_return done;
}

Task<Status> Enforcer::bring_to_kernel(const firewall::Plan& plan) {
    const auto changes = in_force_ ? firewall::difference(in_force_->plan, plan) : std::nullopt;
    if (!changes) co_return co_await load(plan);
    if (changes->empty()) co_return Status{};
    // The drop first, the connections after it: in the other order a packet in between makes a new entry.
    auto call = [this, &changes, forget = firewall::to_forget(in_force_->plan, plan)]() -> Status {
        auto changed = ports_.firewall.change(*changes);
        if (!changed || forget.empty()) return changed;
        if (const auto forgotten = ports_.firewall.forget(forget); !forgotten)
            log::warn("firewall.conntrack", {{"reason", forgotten.error().detail}});
        return {};
    };
    const auto changed = co_await blocking(kernel_, std::move(call));
    if (changed) {
        ruleset_is_news();
        log::info(
            "firewall.changed",
            {{"sets", changes->sets.size()}, {"devices", plan.bans.devices.size()}, {"addresses", plan.bans.addresses.size()}});
        co_return Status{};
    }
    log::warn("firewall.reload", {{"reason", changed.error().detail}});  // Somebody touched our table: write all of it again.
    co_return co_await load(plan);
}

Task<Status> Enforcer::load(const firewall::Plan& plan) {
    const auto forget = firewall::to_forget(in_force_ ? in_force_->plan : firewall::Plan{}, plan);
    auto call = [this, &plan, &forget]() -> Status {
        auto loaded = ports_.firewall.load(plan);
        if (!loaded) return loaded;
        if (const auto forgotten = forget.empty() ? Status{} : ports_.firewall.forget(forget); !forgotten)
            log::warn("firewall.conntrack", {{"reason", forgotten.error().detail}});
        if (options_.forwarding == Forwarding::LeaveAlone) return {};
        if (const auto enabled = ports_.firewall.enable_forwarding(); !enabled)
            log::error("firewall.forwarding", {{"reason", enabled.error().detail}});
        return {};
    };
    auto loaded = co_await blocking(kernel_, std::move(call));
    if (!loaded) co_return loaded;
    ruleset_is_news();
    log::info("firewall.loaded", {{"devices", plan.bans.devices.size()}, {"addresses", plan.bans.addresses.size()}});
    co_return Status{};
}

void Enforcer::ruleset_is_news() {
    if (!write_ruleset_at_) write_ruleset_at_ = now() + between_files;
}

// ---- what the moment knows ----

Task<firewall::Facts> Enforcer::facts() {
    co_await read_leases();
    auto look = [this] { return ports_.firewall.neighbours(); };
    auto seen = co_await blocking(kernel_, std::move(look));
    if (!seen) log::warn("firewall.neighbours", {{"reason", seen.error().detail}});
    firewall::Facts facts{.leased = leased_, .dns = dns_};
    if (seen) facts.seen = *std::move(seen);
    co_return facts;
}

Task<> Enforcer::read_leases() {
    store::Command command{"HVALS", state::key::leases.text()};
    const auto reply = co_await ports_.state.run(std::move(command));
    is_leased_known_ = reply.has_value();
    if (!reply) co_return;
    leased_.clear();
    for (const auto& value : reply->elements) {
        const auto json = model::parse_json(value.text);
        const auto lease = json ? model::parse_lease(*json) : std::unexpected{json.error()};
        if (lease) leased_.push_back({.address = to_mapped(lease->address), .device = lease->device});
    }
}

// ---- between configurations ----

Task<> Enforcer::follow() {
    for (;;) {
        co_await wake_.wait(until_next_change());
        if (!in_force_) continue;
        const auto done = co_await refresh();
        kernel_told_(done);
        if (!done) {
            log::error("firewall.failed", {{"reason", done.error().detail}});
            co_await after(1s);
            wake_.notify();
            continue;
        }
        co_await write_ruleset();
        co_await save_clock();
    }
}

Task<Status> Enforcer::refresh() {
    while (is_busy_) co_await idle_.wait();
    const Busy busy{is_busy_, idle_};
    auto next = *in_force_;
    const auto clock = look_at_clock();
    std::optional<PolicyImages::Built> built;
    if (next.moment.is_over(clock)) next.moment = moment_of(policy::decided_policy(next.configuration), next.zone, clock);
    const bool is_another_moment = next.moment.policy != in_force_->moment.policy;
    const bool is_time_to_look = !next.problems.empty() && now() >= look_for_lists_at_;
    const bool looks_for_lists = std::exchange(is_list_news_, false) || is_time_to_look;
    if (looks_for_lists) look_for_lists_at_ = now() + between_looks_for_lists;
    if (is_another_moment || looks_for_lists) {
        auto made = co_await build(next);
        if (!made) co_return std::unexpected{std::move(made).error()};
        if (is_another_moment || made->problems != next.problems) built = *std::move(made);
    }
    const bool is_news = built.has_value();
    auto done = co_await put_in_force(std::move(next), std::move(built), Files::Should);
    if (!done || !is_news) co_return done;
    if (write_ruleset_at_) write_ruleset_at_ = now();
    save_clock_at_ = now();
    log::info("policy.changed", {{"revision", revision()}});
    moment_changed_();
    co_return Status{};
}

/// Also how often the neighbour table is looked at again.
Milliseconds Enforcer::until_next_change() const {
    constexpr Milliseconds longest{60'000};
    if (!in_force_) return longest;
    if (!is_leased_known_) return Milliseconds{500};
    const auto& moment = in_force_->moment;
    if (!moment.clock.is_trusted) return Milliseconds{1'000};
    auto wait = in_force_->problems.empty() ? longest : between_looks_for_lists;
    if (moment.until) wait = std::min(wait, std::max(*moment.until - ports_.time.now(), Milliseconds{10}));
    if (write_ruleset_at_) wait = std::min(wait, std::max(std::chrono::ceil<Milliseconds>(*write_ruleset_at_ - now()), 10ms));
    return wait;
}

Task<> Enforcer::write_ruleset() {
    if (options_.ruleset_file.empty()) write_ruleset_at_.reset();
    if (!write_ruleset_at_ || now() < *write_ruleset_at_) co_return;
    write_ruleset_at_.reset();
    auto call = [this, plan = in_force_->plan]() -> Status {
        const auto text = firewall::render(plan);
        if (!text) return std::unexpected{text.error()};
        return state::replace_file(options_.ruleset_file, as_bytes(*text));
    };
    const auto written = co_await blocking(files_, std::move(call));
    if (written) co_return;
    log::error("firewall.file.failed", {{"reason", written.error().detail}});
    write_ruleset_at_ = now() + file_again_after;
}

Task<> Enforcer::save_clock() {
    if (now() < save_clock_at_ || !in_force_->moment.clock.is_trusted) co_return;
    save_clock_at_ = now() + between_clocks;
    auto call = [this, time = clock_.last_known()] { return save_time(options_.time_file, time); };
    const auto saved = co_await blocking(files_, std::move(call));
    if (!saved) log::warn("clock.not_saved", {{"reason", saved.error().detail}});
}

// ---- the kernel, looked at ----

Task<Enforcer::Verified> Enforcer::verify() {
    while (is_busy_) co_await idle_.wait();
    const Busy busy{is_busy_, idle_};
    if (!in_force_) co_return Verified{};
    auto check = [this] { return ports_.firewall.check(in_force_->plan); };
    auto checked = co_await blocking(kernel_, std::move(check));
    Verified verified;
    verified.drift = checked ? *std::move(checked) : firewall::Drift{{checked.error().detail}};
    if (!verified.drift.empty()) verified.repaired = co_await load(in_force_->plan);
    co_return verified;
}

Task<Result<std::vector<firewall::Hits>>> Enforcer::counters() {
    while (is_busy_) co_await idle_.wait();
    const Busy busy{is_busy_, idle_};
    if (!in_force_) co_return std::vector<firewall::Hits>{};
    auto call = [this] { return ports_.firewall.counters(in_force_->plan); };
    co_return co_await blocking(kernel_, std::move(call));
}

Task<Status> Enforcer::cut(firewall::Flow flow, Seconds timeout) {
    auto call = [this, flow, timeout] { return ports_.cutter.cut(flow, timeout); };
    co_return co_await blocking(cutter_, std::move(call));
}

}  // namespace vivi::bridged
