// What the server decided, made true: checked, enforced, told to the other daemons, kept for the next boot, and reported back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/model/configuration.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/task.hpp"
#include "common/store/store.hpp"
#include "common/sync/messages.hpp"
#include "router/bridged/alarms.hpp"
#include "router/bridged/confirmer.hpp"
#include "router/bridged/enforcer.hpp"
#include "router/bridged/local_file.hpp"
#include "router/bridged/network_keeper.hpp"
#include "router/bridged/own_events.hpp"
#include "router/bridged/reports.hpp"

namespace vivi::bridged {

/// One loop. A revision goes: parse and validate, the policy's files, packet filter, links, `vivi:config`, the file,
/// `config.changed`; then it waits for every expected daemon's `config.applied` and tells the server once all have (`by`
/// "router"). Networks, uplink and DNS are on trial (trial.hpp): where they do not prove themselves the ones before come back
/// under the same revision, whose policy stays. What fails before the packet filter has it changes nothing and is reported as
/// `config.failed`; what fails after it is tried again until it works.
class Decisions {
public:
    struct Ports {
        Enforcer& enforcer;
        NetworkKeeper& network;
        Alarms& alarms;
        store::Store& state;
        bus::Publisher& bus;
        OwnEvents& own;
        LocalFile& local;  ///< What was decided at the router lies over every document that is put in force.
        Confirmer& confirmer;
    };

    Decisions(const net::any_io_executor& executor, Ports ports, std::string last_good_file, std::vector<std::string> reporters);

    /// Enforces the file's document, before anything else is there. Completes also when there is none or it cannot be used.
    Task<> boot();

    /// A configuration or a watch has come; the newest waits, run() takes it.
    void decide(sync::Config config);
    void watch(sync::Watch watch);
    /// A hub welcomed us by the tunnel's connection with that number.
    void welcomed(std::int64_t connection);
    Task<> run();

    /// A daemon reported on a revision (config.applied or config.failed). Gives what to store with that event.
    StateFields reported(const bus::Message& report);
    /// What a process before this one had stored.
    void restore(const std::string& reports, const std::string& applied_revision);

    /// In force in the packet filter.
    std::int64_t revision() const noexcept { return configuration_ ? configuration_->revision : 0; }
    /// In force everywhere.
    std::int64_t applied_revision() const noexcept { return applied_revision_; }
    /// SHA-256 of the leases that the document in force names, for dhcpd; empty: none.
    const std::string& carried_leases() const noexcept { return carried_leases_; }
    std::string custody() const { return configuration_ ? configuration_->custody : std::string{}; }
    std::vector<std::string> missing() const { return reports_.missing(revision()); }
    /// What the document asks for and is not so, each with its JSON pointer: "/policy/lists/0: its text is not here yet".
    std::vector<std::string> unenforced() const;
    /// Somebody looks at this router now.
    bool is_watched() const { return vivi::now() < watched_until_; }
    /// Another moment of the same revision holds: the other daemons are told.
    void moment_changed();
    /// Something else was decided at the router, or ended: the document in force is put in force anew.
    void local_changed();

    static constexpr Milliseconds report_patience{10'000};

private:
    Task<> apply(sync::Config config);
    Task<Status> enforce(std::string document, std::int64_t revision);
    Task<Status> put_in_force(model::Configuration configuration, std::string document);
    Task<> go_back(const std::string& proven);
    void tell_drift();
    Task<> adopt();
    Task<> put_in_force_again();
    Task<> publish();
    Task<> publish_watch();
    Task<Status> tell(std::string_view topic, nlohmann::json members);
    void fail(std::int64_t revision, std::string_view by, std::string detail);
    void report_when_all_have();
    void complain_about_silence();

    Ports ports_;
    std::string last_good_file_;
    Reports reports_;
    net::thread_pool disk_{1};
    Wake wake_;

    std::optional<sync::Config> decided_;
    std::optional<sync::Watch> watched_;
    std::optional<model::Configuration> configuration_;
    std::string document_;
    std::string carried_leases_;
    std::int64_t applied_revision_ = 0;
    bool is_adopted_ = false;   ///< Redis was asked for a newer document than the file's.
    bool is_stored_ = true;     ///< Redis has document_.
    bool is_filed_ = true;      ///< The file has it.
    bool is_announced_ = true;  ///< The bus has heard of it.
    bool is_moment_announced_ = true;
    bool is_local_news_ = false;
    std::optional<std::vector<std::string>>
        told_unenforced_{};  // Said once at the start too: the process before may have left some.
    std::int64_t told_unenforced_of_ = 0;
    Instant watched_until_{};
    std::optional<Instant> complain_at_;
};

}  // namespace vivi::bridged
