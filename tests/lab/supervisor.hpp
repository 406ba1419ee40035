// Keeps the programs of the lab running: starts them, restarts what dies, stops them all; the demo's stand-in for systemd.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"
#include "tests/lab/process.hpp"

namespace vivi::lab {

/// One loop, one thread, the only parent of every program. As process 1 of its namespace it also reaps what its children left.
class Supervisor {
public:
    /// Logs go to `log_folder`.
    explicit Supervisor(std::string log_folder) : log_folder_{std::move(log_folder)} {}

    /// Starts the program and keeps it running. Conflict when the name is in use.
    Status add(Spec spec);
    /// SIGKILL, as a crash: it comes back by itself.
    Status kill(const std::string& name);
    /// SIGTERM, then SIGKILL after 5 s; stays down until start().
    Status stop(const std::string& name);
    Status start(const std::string& name);
    /// SIGTERM, and started again as soon as it has ended; started when it was down.
    Status restart(const std::string& name);
    /// SIGSTOP and SIGCONT: alive, but it does not answer.
    Status pause(const std::string& name);
    Status resume(const std::string& name);

    /// Reaps and restarts until cancelled.
    Task<> run();
    /// Ends every program: SIGTERM, at most 5 s, SIGKILL.
    Task<> stop_all();

    struct State {
        pid_t pid = 0;  ///< 0: not running.
        int starts = 0;
        bool is_wanted = true;
        bool is_changing = false;  ///< It was told to stop or restart, and has not yet.
        WallTime started_at{};
    };
    /// Nothing: there is no such program.
    std::optional<State> state(const std::string& name) const;
    /// [{"name","pid","starts","state"}]
    nlohmann::json status() const;

private:
    struct Program {
        Spec spec{};
        pid_t pid = 0;  ///< 0: not running.
        int starts = 0;
        bool wanted = true;
        bool restarting = false;  ///< Asked for, not a crash: without a wait.
        WallTime started_wall{};
        Instant started_at{};
        Instant restart_at{};
        Milliseconds restart_after{};  ///< Grows while it keeps ending at once.
    };
    Status launch(Program& program);
    Result<Program*> find(const std::string& name);
    Status signal(const std::string& name, int number);
    void reap(Instant now);
    void restart_due(Instant now);

    std::string log_folder_;
    std::map<std::string, Program> programs_;
};

}  // namespace vivi::lab
