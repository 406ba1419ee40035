// open, write, fsync, rename, fsync.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace vivi {
namespace {

std::unexpected<Error> refused(const std::string& path, const char* what) {
    return failed(Code::Unavailable, path + ": cannot be " + what + ": " + std::strerror(errno));
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno != EINTR) return false;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

Status sync_folder(const std::string& path) {
    const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return refused(path, "opened");
    const bool is_synced = ::fsync(folder) == 0;
    ::close(folder);
    if (!is_synced) return refused(path, "synced");
    return {};
}

Status replace_text_file(const std::string& path, std::string_view text, unsigned mode) {
    const auto beside = path + ".new";
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (file < 0) return refused(beside, "written");
    const bool is_written = ::fchmod(file, mode) == 0 && write_all(file, text) && ::fsync(file) == 0;
    const int reason = errno;
    ::close(file);
    errno = reason;
    if (!is_written || std::rename(beside.c_str(), path.c_str()) != 0) {
        auto failure = refused(path, "written");
        ::unlink(beside.c_str());
        return failure;
    }
    const auto slash = path.rfind('/');
    return sync_folder(slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash));
}

}  // namespace vivi
