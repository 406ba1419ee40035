// Signals, standard input, the lock of demos.
// SPDX-License-Identifier: Apache-2.0
#include "tests/site/life.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <iostream>
#include <stdexcept>

namespace vivi::test {
namespace {

constexpr const char* lock_file = "/run/lock/vivi-lab.lock";
constexpr int a_second = 1'000;

volatile std::sig_atomic_t signalled = 0;
void remember(int) { signalled = 1; }

}  // namespace

void listen_to_signals() {
    struct sigaction action{};
    action.sa_handler = remember;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

bool was_signalled() { return signalled != 0; }

Waited Input::next() {
    const auto end = read_.find('\n');
    if (end != std::string::npos) {
        auto line = read_.substr(0, end);
        read_.erase(0, end + 1);
        return {.text = std::move(line)};
    }
    if (has_ended_) return {.is_over = true};
    pollfd standard_input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (::poll(&standard_input, 1, a_second) <= 0) return {};
    std::array<char, 4096> buffer{};
    const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count > 0) read_.append(buffer.data(), static_cast<std::size_t>(count));
    if (count == 0) has_ended_ = true;
    return {};
}

Waited wait_a_second() {
    ::poll(nullptr, 0, a_second);
    return {};
}

void show_progress(const std::string& what, double part) {
    if (::isatty(STDERR_FILENO) == 0) return;
    const auto percent = std::to_string(static_cast<int>(std::floor(part * 100)));
    std::cerr << "\rvivi-site: " << what << ", " << percent << " %" << (part >= 1 ? "\n" : "") << std::flush;
}

OnlyDemo::OnlyDemo() : lock_{::open(lock_file, O_RDWR | O_CREAT | O_CLOEXEC, 0644)} {
    if (lock_ < 0) throw std::runtime_error{std::string{lock_file} + ": cannot be opened; run this as root"};
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock_);
        throw std::runtime_error{"another event is running; stop it with deploy/demo/stop"};
    }
    const auto text = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock_, 0) != 0 || ::write(lock_, text.data(), text.size()) < 0) {
        ::close(lock_);
        throw std::runtime_error{std::string{lock_file} + ": cannot be written"};
    }
}

OnlyDemo::~OnlyDemo() {
    ::unlink(lock_file);
    ::close(lock_);
}

}  // namespace vivi::test
