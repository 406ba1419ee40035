// A simulated router as the machine its embedded API may command: most services are words, the end of the tunnel is real.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "tests/sim/systemd/systemd.hpp"

namespace vivi::test {

/// Answers from a thread of its own, so that the site may wait for its standard input.
class SiteMachine final : public sim::Machine {
public:
    /// What the tunnel must do, called from that thread.
    struct Tunnel {
        std::function<void()> restart{}, stop{};
    };
    /// Its socket and its boot id are files of `folder`.
    SiteMachine(std::string folder, Tunnel tunnel);
    ~SiteMachine() override;
    SiteMachine(const SiteMachine&) = delete;
    SiteMachine& operator=(const SiteMachine&) = delete;

    std::string bus_address() const { return sim::bus_address(folder_ + "/systemd.sock"); }
    std::string boot_id_file() const { return folder_ + "/boot_id"; }

    sim::Unit unit(const std::string& name) override;
    Status queue(sim::UnitVerb verb, const std::string& name) override;
    Status power(sim::PowerVerb verb) override;

private:
    void begin_boot();

    std::string folder_;
    Tunnel tunnel_;
    std::map<std::string, sim::Unit> units_{};  // Of the thread alone, once it runs.
    std::uint32_t next_pid_ = 400;
    net::io_context io_{1};
    std::thread thread_{};
};

}  // namespace vivi::test
