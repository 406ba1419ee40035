// How long a site lives: until its input ends, or until somebody stops it; and what it says to a terminal meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

namespace vivi::test {

/// SIGINT and SIGTERM are remembered from now on instead of ending the process.
void listen_to_signals();
bool was_signalled();

/// What came of waiting.
struct Waited {
    std::optional<std::string> text{};  ///< A line, without its end.
    bool is_over = false;               ///< There is no more input.
};

/// Lines of standard input.
class Input {
public:
    /// Waits for a line, at most a second, or until a signal.
    Waited next();

private:
    std::string read_{};
    bool has_ended_ = false;
};

/// Where there is no input to listen to.
Waited wait_a_second();

/// One line of standard error that is written over; nothing when that is no terminal.
void show_progress(const std::string& what, double part);

/// Holds the lock that makes a demo the only one on the machine, as vivi-lab does (tests/lab/event.cpp), so that deploy/demo/stop
/// ends it too. Throws when another one runs.
class OnlyDemo {
public:
    OnlyDemo();
    ~OnlyDemo();
    OnlyDemo(const OnlyDemo&) = delete;
    OnlyDemo& operator=(const OnlyDemo&) = delete;

private:
    int lock_ = -1;
};

}  // namespace vivi::test
