// Makes a configuration the kernel's and the other daemons': the rules of each moment, in the packet filter and in the files.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "common/model/configuration.hpp"
#include "common/policy/time_zone.hpp"
#include "common/runtime/signal.hpp"
#include "common/runtime/task.hpp"
#include "common/store/store.hpp"
#include "router/bridged/moment.hpp"
#include "router/bridged/policy_clock.hpp"
#include "router/bridged/policy_images.hpp"
#include "router/bridged/time_source.hpp"
#include "router/bridged/wake.hpp"
#include "router/firewall/firewall.hpp"

namespace vivi::bridged {

/// One loop; the packet filter is spoken to on a thread of its own, one call at a time, and files are made on another.
///
///     a document, a schedule's boundary      rules.bin (catalogue.bin), then the kernel; refused there: the files come back
///     leases, neighbours, dnsd gone or back  the kernel alone
///     after each of them                     last-good.nft for the boot unit
class Enforcer {
public:
    struct Ports {
        firewall::Firewall& firewall;
        firewall::Firewall& cutter;  ///< Another of the same kernel, for cut() alone: on a thread of its own, while one loads.
        store::Store& state;
        const TimeSource& time;
    };
    enum class Forwarding : std::uint8_t { LeaveAlone, Enable };
    struct Options {
        Forwarding forwarding = Forwarding::LeaveAlone;
        PolicyImages::Places images{};
        ClockTrust trust = ClockTrust::Plausible;
        std::string zones{"/usr/share/zoneinfo"};
        std::string ruleset_file{};  ///< Empty: none.
        std::string time_file{};     ///< Empty: none.
    };

    Enforcer(const net::any_io_executor& executor, Ports ports, Options options);

    /// Completes when files and kernel have it. On an error what was in force stays, everywhere.
    Task<Status> apply(model::Configuration configuration);

    /// Keeps it true between configurations: when leases change (woken), when a schedule or a rule begins or ends, when dnsd goes
    /// or comes. Ends by cancellation.
    Task<> follow();
    Wake& wake() noexcept { return wake_; }
    void set_dns(firewall::DnsState state);
    /// The text of a list has come: the catalogue is built anew.
    void list_came();
    /// SHA-256 of each list that the configuration in force names, whether or not its rule holds now.
    std::vector<std::string> lists() const;
    /// Called when another moment of the same configuration is in force.
    void on_moment(std::function<void()> changed) { moment_changed_ = std::move(changed); }
    /// Called when the kernel refused what follow() wanted, and when it took something again.
    void on_kernel(std::function<void(const Status& outcome)> told) { kernel_told_ = std::move(told); }

    /// Looks whether the kernel still has what was loaded; what somebody else changed is put right. Nothing to compare with: no
    /// drift.
    struct Verified {
        firewall::Drift drift{};
        Status repaired{};
    };
    Task<Verified> verify();
    Task<Result<std::vector<firewall::Hits>>> counters();
    /// At once, whatever else is going on.
    Task<Status> cut(firewall::Flow flow, Seconds timeout);

    bool is_loaded() const noexcept { return in_force_.has_value(); }
    firewall::DnsState dns() const noexcept { return dns_; }
    /// What is in force; call only when is_loaded().
    const firewall::Plan& plan() const { return in_force_->plan; }
    const Moment& moment() const { return in_force_->moment; }
    std::int64_t revision() const { return in_force_->configuration.revision; }
    /// "/policy/lists/0: its text is not here yet"
    std::vector<std::string> problems() const { return in_force_ ? in_force_->problems : std::vector<std::string>{}; }

private:
    struct InForce {
        model::Configuration configuration{};  ///< As decided: with all its rules.
        policy::TimeZone zone{};
        Moment moment{};
        firewall::Plan plan{};
        std::vector<std::string> problems{};
    };

    policy::Clock look_at_clock() { return clock_.look(ports_.time.now(), ports_.time.is_synchronised()); }
    Task<Result<PolicyImages::Built>> build(const InForce& next);
    /// Files that cannot be written (a full disk): a revision is refused for it; what the moment wants is in the kernel all the
    /// same, and the files are tried again.
    enum class Files : std::uint8_t { Must, Should };
    Task<Status> put_in_force(InForce next, std::optional<PolicyImages::Built> built, Files files);
    Task<Status> refresh();
    Task<firewall::Facts> facts();
    Task<> read_leases();
    Task<Status> bring_to_kernel(const firewall::Plan& plan);
    Task<Status> load(const firewall::Plan& plan);
    /// The file of the boot unit is to follow what the kernel was given: soon, or at once when apply() says so.
    void ruleset_is_news();
    Task<> write_ruleset();
    Task<> save_clock();
    Milliseconds until_next_change() const;

    Ports ports_;
    Options options_;
    PolicyImages images_;
    PolicyClock clock_;
    std::optional<InForce> in_force_;
    firewall::DnsState dns_ = firewall::DnsState::Normal;
    bool is_list_news_ = false;
    std::function<void()> moment_changed_ = [] {};
    std::function<void(const Status&)> kernel_told_ = [](const Status&) {};

    std::vector<firewall::Place> leased_;  ///< What Redis said last; kept while it is away.
    bool is_leased_known_ = true;          ///< Redis answered the last time; otherwise it is asked again soon.
    std::optional<Instant> write_ruleset_at_;
    Instant save_clock_at_{};
    Instant look_for_lists_at_{};

    Wake wake_;
    bool is_busy_ = false;  ///< apply(), follow() and verify() wait for each other.
    Signal idle_;
    // Last: their threads end before what they work on.
    net::thread_pool kernel_{1};
    net::thread_pool cutter_{1};
    net::thread_pool files_{1};
};

}  // namespace vivi::bridged
