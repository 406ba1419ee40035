// A process that a test starts and that does not outlive it, and what such a process needs: a folder and a free port.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/core/time.hpp"

namespace vivi::test {

/// A new folder under /tmp, removed with everything in it.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::string& path() const noexcept { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

/// A port of 127.0.0.1 that nobody listened on a moment ago.
std::uint16_t free_port();
/// Is there a listener on 127.0.0.1:port that takes the connection?
bool accepts(std::uint16_t port);
/// Probes every 20 ms until `is_true`; throws std::runtime_error naming `what` after `most`.
void await(const std::string& what, const std::function<bool()>& is_true, Milliseconds most = Milliseconds{30'000});

/// How a child is started.
struct Launch {
    std::vector<std::string> command{};
    std::map<std::string, std::string> environment{};  ///< Added to ours.
    std::string output{};                              ///< stdout and stderr are appended to this file.
    std::string user{};                                ///< Run as this user (needs root); empty: as we are.
};

/// A running process in a group of its own; killed with its group when this object ends, and by the kernel when we die.
class Child {
public:
    explicit Child(const Launch& launch);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const noexcept { return pid_; }
    void signal(int number) const;
    /// Waits for its end; the exit code, or 128 + the signal.
    int wait();
    bool has_ended();

private:
    pid_t pid_ = -1;
    int status_ = -1;  ///< Of waitpid; -1 while it runs.
};

/// Runs a command to its end; throws with its output when it fails.
void run_to_end(const Launch& launch);

}  // namespace vivi::test
