// The daemon's one loop: what was heard on every interface, decided, written down, answered; batch by batch.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/runtime/task.hpp"
#include "router/dhcpd/engine.hpp"
#include "router/dhcpd/journal.hpp"
#include "router/dhcpd/port.hpp"
#include "router/dhcpd/standings.hpp"
#include "router/state/live_configuration.hpp"
#include "router/state/policy_files.hpp"

namespace vivi::dhcpd {

/// How a revision went: applied when `problem` is empty.
struct Verdict {
    std::int64_t revision = 0;
    std::string problem{};
    bool operator==(const Verdict&) const = default;
};

/// Where the server tells what others wait for. Neither call waits.
struct Listeners {
    std::function<void(std::vector<bus::Message>)> written;  ///< Events that were decided: a wake-up for their readers.
    std::function<void(Verdict)> applied;                    ///< Once for each new verdict.
};

class Server {
public:
    /// `policy`: where bridged writes the compiled policy and what it fetches; an empty path: the document's own bans, and no
    /// leases of another router.
    Server(const net::any_io_executor& executor, state::LiveConfiguration& live, Journal& journal, const Tuning& tuning,
           state::PolicyFolder policy, Listeners listeners);

    /// Serves whatever the configuration in force says. Ends by cancellation; Fatal when this process may not, or the port is
    /// taken.
    Task<> run();
    /// Rings for each change of the configuration. Ends by cancellation.
    Task<> follow();

    /// For the health document: one entry a network.
    nlohmann::json networks() const;
    std::optional<std::int64_t> revision() const noexcept { return revision_; }

private:
    /// A network of the configuration and the interface it is served on; `port` is absent while the interface is.
    struct Site {
        explicit Site(const model::Network& network, const model::Policy& policy, const Tuning& tuning)
            : engine{network, policy, tuning} {}
        Engine engine;
        std::unique_ptr<Port> port{};
        std::string problem{"not opened yet"};
        std::uint64_t malformed = 0;  ///< DHCP frames that could not be parsed.
    };
    /// What is to be answered for one site once the batch is written.
    struct Work {
        Site* site = nullptr;
        Outcome outcome{};
    };

    Task<> wait();
    Task<> restore();
    void apply(const model::Configuration& configuration, std::vector<Record>& records);
    /// Restored leases go to the networks that exist now; those that are over, or that their network has no place for, end.
    void place(std::vector<Record>& records);
    /// Leases of the router whose place this one took: whether there are some, and, once their text is here, taken over.
    Task<> look_for_carried();
    void carry(std::vector<Record>& records);
    void open_ports();
    Status open_port(Site& site);
    Outcome receive(Site& site);
    void write_down(const Site& site, const Outcome& outcome, std::vector<Record>& records);
    static void probe(Site& site, const Outcome& outcome);
    void answer(Work& work, bool durable);
    void tell_verdict();

    state::LiveConfiguration& live_;
    Journal& journal_;
    Tuning tuning_;
    state::PolicyFolder policy_;
    Standings standings_;
    Listeners listeners_;
    Recorder recorder_;
    std::map<std::string, Site> sites_;   ///< By the network's name.
    std::vector<model::Lease> unplaced_;  ///< Restored, but of a network that the configuration does not have (yet).
    Poller poller_;
    net::posix::stream_descriptor readable_;
    net::steady_timer bell_;
    bool is_rung_ = true;
    bool is_restored_ = false;
    bool is_carrying_unread_ = false;  ///< Another revision may name carried leases.
    std::string to_carry_;             ///< SHA-256 of those that are to be taken over; empty: none.
    std::uint64_t seen_ = 0;
    Instant next_round_{};                  ///< When interfaces and Redis are looked at again.
    std::optional<std::int64_t> revision_;  ///< Applied to the sites.
    std::optional<Verdict> told_;
};

}  // namespace vivi::dhcpd
