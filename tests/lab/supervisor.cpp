// Keeps the programs of the lab running.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/supervisor.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::lab {
namespace {

constexpr Milliseconds look_every{20};
constexpr Milliseconds first_restart_after{300};
constexpr Milliseconds most_restart_after{5'000};
constexpr Seconds short_life{2};
constexpr Seconds grace{5};

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    return "exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Status Supervisor::launch(Program& program) {
    auto pid = spawn(program.spec, log_folder_ + "/" + program.spec.name + ".log");
    if (!pid) return std::unexpected{std::move(pid).error().in(program.spec.name)};
    program.pid = *pid;
    program.started_at = now();
    program.started_wall = wall_now();
    program.restarting = false;
    ++program.starts;
    return {};
}

Status Supervisor::add(Spec spec) {
    const auto name = spec.name;
    const auto [place, is_new] = programs_.try_emplace(name, Program{.spec = std::move(spec)});
    if (!is_new) return failed(Code::Conflict, name + ": runs already");
    return launch(place->second);
}

Result<Supervisor::Program*> Supervisor::find(const std::string& name) {
    const auto found = programs_.find(name);
    if (found == programs_.end()) return failed(Code::NotFound, name + ": no such program; `status` lists them");
    return &found->second;
}

Status Supervisor::signal(const std::string& name, int number) {
    auto program = find(name);
    if (!program) return std::unexpected{std::move(program).error()};
    if ((*program)->pid == 0) return failed(Code::Unavailable, name + ": does not run");
    ::kill(-(*program)->pid, number);
    return {};
}

Status Supervisor::kill(const std::string& name) { return signal(name, SIGKILL); }
Status Supervisor::pause(const std::string& name) { return signal(name, SIGSTOP); }
Status Supervisor::resume(const std::string& name) { return signal(name, SIGCONT); }

Status Supervisor::stop(const std::string& name) {
    if (auto program = find(name); program) (*program)->wanted = false;
    return signal(name, SIGTERM);
}

Status Supervisor::start(const std::string& name) {
    auto program = find(name);
    if (!program) return std::unexpected{std::move(program).error()};
    (*program)->wanted = true;
    return (*program)->pid == 0 ? launch(**program) : Status{};
}

Status Supervisor::restart(const std::string& name) {
    auto program = find(name);
    if (!program) return std::unexpected{std::move(program).error()};
    (*program)->wanted = true;
    if ((*program)->pid == 0) return launch(**program);
    (*program)->restarting = true;
    return signal(name, SIGTERM);
}

void Supervisor::reap(Instant now) {
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        for (auto& [name, program] : programs_) {
            if (program.pid != pid) continue;
            ::kill(-pid, SIGKILL);  // What it left in its group (a shell's children) must not hold its ports.
            program.pid = 0;
            const bool was_short = now - program.started_at < short_life;
            program.restart_after = was_short ? std::clamp(program.restart_after * 2, first_restart_after, most_restart_after) : first_restart_after;
            program.restart_at = program.restarting ? now : now + program.restart_after;
            if (program.wanted && !program.restarting)
                log::warn("program.ended", {{"name", name}, {"how", how_it_ended(status)}, {"starts", program.starts}, {"log", log_folder_ + "/" + name + ".log"}});
        }
    }
}

void Supervisor::restart_due(Instant now) {
    for (auto& [name, program] : programs_) {
        if (program.pid != 0 || !program.wanted || now < program.restart_at) continue;
        if (auto launched = launch(program); !launched) {
            log::error("program.failed", {{"name", name}, {"reason", launched.error().detail}});
            program.restart_at = now + Seconds{5};
        }
    }
}

Task<> Supervisor::run() {
    for (;;) {
        reap(now());
        restart_due(now());
        co_await after(look_every);
    }
}

Task<> Supervisor::stop_all() {
    for (auto& [name, program] : programs_) {
        program.wanted = false;
        if (program.pid != 0) ::kill(-program.pid, SIGTERM);
        if (program.pid != 0) ::kill(-program.pid, SIGCONT);
    }
    const auto deadline = now() + grace;
    for (bool any = true; any && now() < deadline;) {
        reap(now());
        any = false;
        for (const auto& [name, program] : programs_) any = any || program.pid != 0;
        if (any) co_await after(look_every);
    }
    for (const auto& [name, program] : programs_) {
        if (program.pid != 0) ::kill(-program.pid, SIGKILL);
    }
}

std::optional<Supervisor::State> Supervisor::state(const std::string& name) const {
    const auto found = programs_.find(name);
    if (found == programs_.end()) return std::nullopt;
    const auto& program = found->second;
    return State{.pid = program.pid,
                 .starts = program.starts,
                 .is_wanted = program.wanted,
                 .is_changing = program.restarting || (!program.wanted && program.pid != 0),
                 .started_at = program.started_wall};
}

nlohmann::json Supervisor::status() const {
    auto list = nlohmann::json::array();
    for (const auto& [name, program] : programs_) {
        list.push_back({{"name", name},
                        {"pid", program.pid},
                        {"starts", program.starts},
                        {"state", program.pid != 0 ? "running" : program.wanted ? "restarting" : "stopped"}});
    }
    return list;
}

}  // namespace vivi::lab
