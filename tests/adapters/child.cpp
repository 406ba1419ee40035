// Starting and ending processes of tests.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/child.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace vivi::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

std::string text_of(const std::string& path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<std::string> environment_of(const Launch& launch) {
    std::vector<std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string variable{*entry};
        if (!launch.environment.contains(variable.substr(0, variable.find('=')))) variables.push_back(variable);
    }
    for (const auto& [key, value] : launch.environment) variables.push_back(key + "=" + value);
    return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> made;
    for (auto& text : texts) made.push_back(text.data());
    made.push_back(nullptr);
    return made;
}

}  // namespace

TempFolder::TempFolder() {
    std::string pattern = "/tmp/vivi-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp: " + std::string{std::strerror(errno)}};
    path_ = pattern;
    std::filesystem::permissions(path_, std::filesystem::perms{0755});
}
TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::uint16_t free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* const raw = static_cast<sockaddr*>(static_cast<void*>(&address));
    const bool bound = ::bind(fd, raw, size) == 0 && ::getsockname(fd, raw, &size) == 0;
    ::close(fd);
    if (!bound) throw std::runtime_error{"no free port on 127.0.0.1"};
    return ntohs(address.sin_port);
}

bool accepts(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    const bool taken = ::connect(fd, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) == 0;
    ::close(fd);
    return taken;
}

void await(const std::string& what, const std::function<bool()>& is_true, Milliseconds most) {
    const auto deadline = std::chrono::steady_clock::now() + most;
    while (!is_true()) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error{what + ": not within " + std::to_string(most.count()) + " ms"};
        std::this_thread::sleep_for(Milliseconds{20});
    }
}

Child::Child(const Launch& launch) {
    auto arguments = launch.command;
    auto variables = environment_of(launch);
    const auto argv = pointers(arguments);
    const auto envp = pointers(variables);
    const auto* const user = launch.user.empty() ? nullptr : ::getpwnam(launch.user.c_str());
    if (!launch.user.empty() && user == nullptr) throw std::runtime_error{"no user " + launch.user};
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error{"fork: " + std::string{std::strerror(errno)}};
    if (pid_ > 0) return;

    // The child: only calls that are safe after a fork of a program with threads.
    ::setpgid(0, 0);
    const int input = ::open("/dev/null", O_RDONLY);
    ::dup2(input, 0);
    const int output = ::open(launch.output.empty() ? "/dev/null" : launch.output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(output, 1);
    ::dup2(output, 2);
    if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
        ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // After setuid, which clears it.
    if (::getppid() != parent) ::_exit(126);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
}

Child::~Child() {
    if (has_ended()) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    wait();
}

void Child::signal(int number) const {
    if (status_ == -1) ::kill(pid_, number);
}

int Child::wait() {
    while (status_ == -1 && ::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

bool Child::has_ended() {
    if (status_ != -1) return true;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
    status_ = status;
    return true;
}

void run_to_end(const Launch& launch) {
    Child child{launch};
    if (const int code = child.wait(); code != 0)
        throw std::runtime_error{launch.command.front() + " ended with " + std::to_string(code) + ": " + text_of(launch.output)};
}

}  // namespace vivi::test
