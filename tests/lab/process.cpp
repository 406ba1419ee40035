// fork, namespaces and exec.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace vivi::lab {
namespace {

std::string reason() { return std::strerror(errno); }

/// Ends the child with a line in its log.
[[noreturn]] void give_up(const std::string& what) {
    const auto line = "vivi-lab: " + what + ": " + reason() + "\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    ::_exit(127);
}

void mount_files(const Spec& spec) {
    if (spec.files.empty()) return;
    if (::unshare(CLONE_NEWNS) != 0) give_up("unshare");
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) give_up("mount private");
    for (const auto& [ours, theirs] : spec.files) {
        if (::mount(ours.c_str(), theirs.c_str(), nullptr, MS_BIND, nullptr) != 0) give_up("mount " + ours + " over " + theirs);
    }
}

void become(const std::string& user) {
    if (user.empty()) return;
    const auto* entry = ::getpwnam(user.c_str());
    if (entry == nullptr) give_up("no user " + user);
    if (::initgroups(user.c_str(), entry->pw_gid) != 0 || ::setgid(entry->pw_gid) != 0 || ::setuid(entry->pw_uid) != 0)
        give_up("becoming " + user);
}

struct Pipe {
    int read_end = -1;
    int write_end = -1;
};

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed(Code::Internal, "pipe: " + reason());
    return Pipe{ends[0], ends[1]};
}

/// Reads both until the program ends its output or the deadline passes.
void collect(int out, std::string& out_text, int err, std::string& err_text, Instant deadline) {
    std::array<pollfd, 2> fds{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
    std::array<std::string*, 2> texts{&out_text, &err_text};
    std::array<char, 4096> buffer{};
    int open = 2;
    while (open > 0) {
        const auto left = std::chrono::duration_cast<Milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0 || ::poll(fds.data(), fds.size(), static_cast<int>(left.count())) <= 0) return;
        for (std::size_t i = 0; i < fds.size(); ++i) {
            if (fds[i].fd < 0 || fds[i].revents == 0) continue;
            const auto count = ::read(fds[i].fd, buffer.data(), buffer.size());
            if (count > 0) {
                texts[i]->append(buffer.data(), static_cast<std::size_t>(count));
            } else {
                fds[i].fd = -1;
                --open;
            }
        }
    }
}

}  // namespace

[[noreturn]] void become_program(const Spec& spec) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (auto entered = enter(spec.network_namespace); !entered) give_up(entered.error().detail);
    mount_files(spec);
    become(spec.user);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // Changing the user clears it.
    for (const auto& [key, value] : spec.environment) ::setenv(key.c_str(), value.c_str(), 1);
    std::vector<char*> argv;
    for (const auto& argument : spec.argv) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    give_up(spec.argv[0]);
}

Status enter(const std::string& network_namespace) {
    if (network_namespace.empty()) return {};
    const auto path = "/run/netns/" + network_namespace;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failed(Code::NotFound, path + ": " + reason());
    const int result = ::setns(fd, CLONE_NEWNET);
    ::close(fd);
    if (result != 0) return failed(Code::Denied, "entering " + network_namespace + ": " + reason());
    return {};
}

Result<pid_t> spawn(const Spec& spec, const std::string& log) {
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (output < 0) return failed(Code::Unavailable, log + ": " + reason());
    const pid_t child = ::fork();
    if (child == 0) {
        const int null = ::open("/dev/null", O_RDONLY);
        ::dup2(null, STDIN_FILENO);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(output, STDERR_FILENO);
        become_program(spec);
    }
    ::close(output);
    if (child < 0) return failed(Code::Internal, "fork: " + reason());
    return child;
}

Result<std::string> run_once(const Spec& spec, Seconds deadline) {
    auto in = make_pipe();
    auto out = make_pipe();
    auto err = make_pipe();
    if (!in || !out || !err) return failed(Code::Internal, "no more pipes");
    const pid_t child = ::fork();
    if (child < 0) return failed(Code::Internal, "fork: " + reason());
    if (child == 0) {
        ::dup2(in->read_end, STDIN_FILENO);
        ::dup2(out->write_end, STDOUT_FILENO);
        ::dup2(err->write_end, STDERR_FILENO);
        become_program(spec);
    }
    ::close(in->read_end);
    ::close(out->write_end);
    ::close(err->write_end);
    [[maybe_unused]] const auto written = ::write(in->write_end, spec.input.data(), spec.input.size());
    ::close(in->write_end);

    std::string output;
    std::string problems;
    collect(out->read_end, output, err->read_end, problems, std::chrono::steady_clock::now() + deadline);
    ::close(out->read_end);
    ::close(err->read_end);
    int status = 0;
    for (const auto end = std::chrono::steady_clock::now() + deadline; ::waitpid(child, &status, WNOHANG) == 0;) {
        if (std::chrono::steady_clock::now() > end) ::kill(child, SIGKILL);
        ::poll(nullptr, 0, 2);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return output;
    while (problems.ends_with('\n')) problems.pop_back();
    std::string command;
    for (const auto& argument : spec.argv) command += argument + ' ';
    return failed(Code::Internal, command + "failed: " + problems);
}

bool listens(const std::string& network_namespace, std::uint16_t port) {
    bool connected = false;
    std::thread probe{[&] {  // A thread of its own: entering a namespace is for the whole life of a thread.
        if (!enter(network_namespace)) return;
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected = ::connect(fd, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address) == 0;
        ::close(fd);
    }};
    probe.join();
    return connected;
}

}  // namespace vivi::lab
