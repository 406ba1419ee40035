// A program started in a namespace, with files of its own over the machine's, its output in a log of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::lab {

/// What to start and where.
struct Spec {
    std::string name{};                                         ///< Unique; the log is <state>/log/<name>.log.
    std::vector<std::string> argv{};
    std::string network_namespace{};                            ///< "vivi-router"; empty: the machine's.
    std::map<std::string, std::string> environment{};           ///< Added to the machine's.
    std::string user{};                                         ///< Runs as this user; empty: root.
    std::vector<std::pair<std::string, std::string>> files{};   ///< {ours, theirs}: ours is seen at the path theirs, by it alone.
    std::string input{};                                        ///< Given on standard input (run_once only).
};

/// Starts it in a process group of its own; it is killed when this process dies. `log` is the file its output is appended to.
Result<pid_t> spawn(const Spec& spec, const std::string& log);

/// Starts it, waits for its end (at most `deadline`) and gives its standard output; Internal with its standard error otherwise.
Result<std::string> run_once(const Spec& spec, Seconds deadline = Seconds{30});

/// Becomes the program, keeping this process's standard streams; returns only by ending the process.
[[noreturn]] void become_program(const Spec& spec);

/// Whether something listens on 127.0.0.1:port in the namespace.
bool listens(const std::string& network_namespace, std::uint16_t port);

/// Moves the calling thread into the namespace (empty: does nothing).
Status enter(const std::string& network_namespace);

}  // namespace vivi::lab
