// Stopping at system calls, of every thread.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/openvivi-embedded/traced.hpp"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>

namespace vivi::test {
namespace {

namespace fs = std::filesystem;

/// Which arguments of a call name what it changes: descriptors, or paths beside the folder they are relative to.
struct Shape {
    const char* name = "";
    int descriptor = -1;  ///< Index of the argument.
    int path = -1;
    int target = -1;  ///< The new name, of a rename.
};

const std::map<std::uint64_t, Shape>& shapes() {
    static const std::map<std::uint64_t, Shape> all{
        {SYS_write, {.name = "write", .descriptor = 0}},
        {SYS_pwrite64, {.name = "pwrite", .descriptor = 0}},
        {SYS_fsync, {.name = "fsync", .descriptor = 0}},
        {SYS_fdatasync, {.name = "fdatasync", .descriptor = 0}},
        {SYS_ftruncate, {.name = "ftruncate", .descriptor = 0}},
        {SYS_fchmod, {.name = "fchmod", .descriptor = 0}},
        {SYS_openat, {.name = "openat", .path = 1}},
        {SYS_mkdirat, {.name = "mkdirat", .path = 1}},
        {SYS_unlinkat, {.name = "unlinkat", .path = 1}},
        {SYS_symlinkat, {.name = "symlinkat", .path = 2}},
        {SYS_renameat2, {.name = "renameat2", .path = 1, .target = 3}},
#if defined(SYS_rename)
        {SYS_mkdir, {.name = "mkdir", .path = 0}},
        {SYS_unlink, {.name = "unlink", .path = 0}},
        {SYS_rmdir, {.name = "rmdir", .path = 0}},
        {SYS_symlink, {.name = "symlink", .path = 1}},
        {SYS_rename, {.name = "rename", .path = 0, .target = 1}},
        {SYS_renameat, {.name = "renameat", .path = 1, .target = 3}},
#endif
    };
    return all;
}

std::string read_text(pid_t process, std::uint64_t address) {
    std::string text;
    while (text.size() < 4096) {
        char c = 0;
        const iovec here{.iov_base = &c, .iov_len = 1};
        const iovec there{.iov_base = reinterpret_cast<void*>(address + text.size()),
                          .iov_len = 1};  // An address of the other process.
        if (::process_vm_readv(process, &here, 1, &there, 1, 0) != 1 || c == '\0') break;
        text += c;
    }
    return text;
}

class Tracer {
public:
    Tracer(pid_t process, std::string folder, int nth) : process_{process}, folder_{std::move(folder)}, nth_{nth} {}

    Cut run() {
        for (;;) {
            int status = 0;
            const pid_t thread = ::waitpid(-1, &status, __WALL);
            if (thread < 0) throw std::runtime_error{"waitpid"};
            if (WIFEXITED(status) || WIFSIGNALED(status)) {
                if (thread != process_) continue;
                return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
            }
            const int signal = WSTOPSIG(status);
            const bool is_call = signal == (SIGTRAP | 0x80);
            if (is_call && is_the_one(thread)) return pull();
            const bool is_ours = is_call || signal == SIGTRAP || signal == SIGSTOP;  // SIGSTOP: a new thread's first stop.
            ::ptrace(PTRACE_SYSCALL, thread, nullptr, is_ours ? 0 : signal);
        }
    }

private:
    bool is_the_one(pid_t thread) {
        __ptrace_syscall_info info{};
        if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0 || info.op != PTRACE_SYSCALL_INFO_ENTRY)
            return false;
        const auto found = shapes().find(info.entry.nr);
        if (found == shapes().end()) return false;
        const auto& shape = found->second;
        const auto path = shape.descriptor >= 0 ? descriptor_path(info.entry.args[shape.descriptor])
                                                : read_text(process_, info.entry.args[shape.path]);
        if (!path.starts_with(folder_)) return false;
        if (info.entry.nr == SYS_openat && (info.entry.args[2] & (O_WRONLY | O_RDWR)) == 0) return false;
        if (++seen_ == nth_) {
            call_ = std::string{shape.name} + ' ' + path;
            return true;
        }
        note(info.entry.nr, path, shape.target < 0 ? std::string{} : read_text(process_, info.entry.args[shape.target]));
        return false;
    }
    std::string descriptor_path(std::uint64_t descriptor) const {
        std::error_code error;
        return fs::read_symlink("/proc/" + std::to_string(process_) + "/fd/" + std::to_string(static_cast<int>(descriptor)),
                                error)
            .string();
    }
    void note(std::uint64_t call, const std::string& path, const std::string& target) {
        if (call == SYS_fsync || call == SYS_fdatasync)
            unsynced_.erase(path);
        else if (call == SYS_write || call == SYS_pwrite64 || call == SYS_openat || call == SYS_ftruncate)
            unsynced_.insert(path);
        else if (!target.empty() && unsynced_.erase(path) > 0)
            unsynced_.insert(target);
    }
    Cut pull() {
        ::kill(process_, SIGKILL);
        int status = 0;
        while (::waitpid(-1, &status, __WALL) > 0) {
        }
        for (const auto& path : unsynced_) {
            std::error_code error;
            if (fs::is_regular_file(path, error)) fs::resize_file(path, 0, error);
        }
        return {.was_made = true, .call = call_};
    }

    pid_t process_;
    std::string folder_;
    int nth_, seen_ = 0;
    std::set<std::string> unsynced_{};
    std::string call_{};
};

}  // namespace

Cut run_until_cut(std::vector<std::string> command, const std::string& folder, int nth) {
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t process = ::fork();
    if (process < 0) throw std::runtime_error{"fork"};
    if (process == 0) {
        const int nowhere = ::open("/dev/null", O_RDWR);
        for (const int stream : {0, 1, 2}) ::dup2(nowhere, stream);
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::raise(SIGSTOP);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    if (::ptrace(PTRACE_SETOPTIONS, process, nullptr, options) != 0) throw std::runtime_error{"ptrace is not allowed here"};
    ::ptrace(PTRACE_SYSCALL, process, nullptr, 0);
    return Tracer{process, folder, nth}.run();
}

}  // namespace vivi::test
