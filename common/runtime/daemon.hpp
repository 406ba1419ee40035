// Every process of Vivi starts and ends here: command line, settings, log, signals, exit code.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "common/runtime/settings.hpp"
#include "common/runtime/task.hpp"

namespace vivi {

/// Exit codes, after sysexits.h where it has one.
enum class Exit : int { Stopped = 0, Failed = 1, Usage = 64, Configuration = 78 };

/// The end of the process, thrown by an edge: the interface is gone, a port is taken. Caught once, in run_daemon, which prints
/// `error.detail` as one line and exits with `exit`.
struct Fatal : std::runtime_error {
    explicit Fatal(const Error& error, Exit code = Exit::Failed) : std::runtime_error{error.detail}, exit{code} {}
    Exit exit;
};

/// What a process is. `check` looks at values that parsed but may still be wrong (a prefix, a path); --check runs it too.
struct Program {
    std::string name;                            ///< "pcapd": the process is vivi-pcapd, its file /etc/vivi/pcapd.toml.
    std::string purpose;                         ///< One sentence, for --help.
    std::vector<Setting> settings;               ///< Every key it understands ("log.level" is added to each).
    std::function<Status(const Settings&)> check = [](const Settings&) -> Status { return {}; };
    std::function<Task<>(const Settings&)> run;  ///< Ends by cancellation when the process is asked to stop.
};

/// main() of every daemon. `--config FILE --check --version --help`; SIGTERM and SIGINT cancel `run`, which then has 5 s.
int run_daemon(const Program& program, int argc, char** argv);

/// Tells systemd (if it is there) that the process works now, and starts answering its watchdog.
void notify_ready();

}  // namespace vivi
