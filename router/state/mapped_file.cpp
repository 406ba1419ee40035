// Replacing by rename, and mapping.
// SPDX-License-Identifier: Apache-2.0
#include "router/state/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace vivi::state {
namespace {

/// Readable for the group of all of Vivi's daemons: names and MACs are nobody else's.
constexpr mode_t mode = 0640;

class Descriptor {
public:
    Descriptor(const std::string& path, int flags) : number_{::open(path.c_str(), flags | O_CLOEXEC, mode)} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const noexcept { return number_; }

private:
    int number_;
};

std::unexpected<Error> refused(const std::string& path, std::string_view verb, Code code = Code::Unavailable) {
    return failed(code, path + ": cannot " + std::string{verb} + ": " + std::strerror(errno));
}

Status write_and_sync(const std::string& path, BytesView bytes) {
    const Descriptor file{path, O_WRONLY | O_CREAT | O_TRUNC};
    if (file.number() < 0) return refused(path, "be opened");
    while (!bytes.empty()) {
        const auto count = ::write(file.number(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return refused(path, "be written");
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    if (::fsync(file.number()) != 0) return refused(path, "be synced");
    return {};
}

FileIdentity identity_of(const struct stat& status) {
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .changed_ns = static_cast<std::int64_t>(status.st_ctim.tv_sec) * 1'000'000'000 + status.st_ctim.tv_nsec};
}

}  // namespace

Status replace_file(const std::string& path, BytesView bytes) {
    const auto temporary = path + ".new";
    if (auto written = write_and_sync(temporary, bytes); !written) return written;
    if (std::rename(temporary.c_str(), path.c_str()) != 0) return refused(path, "be replaced");
    const auto slash = path.rfind('/');
    const auto folder = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
    const Descriptor directory{folder, O_RDONLY | O_DIRECTORY};
    if (directory.number() < 0 || ::fsync(directory.number()) != 0) return refused(folder, "be synced");
    return {};
}

Result<FileIdentity> identify(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return refused(path, "be found", errno == ENOENT ? Code::NotFound : Code::Unavailable);
    return identity_of(status);
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
    const Descriptor file{path, O_RDONLY};
    if (file.number() < 0) return refused(path, "be opened", errno == ENOENT ? Code::NotFound : Code::Unavailable);
    struct stat status{};
    if (::fstat(file.number(), &status) != 0)
        return refused(path, "be read", errno == ENOENT ? Code::NotFound : Code::Unavailable);
    if (!S_ISREG(status.st_mode) || status.st_size <= 0) return failed(Code::Invalid, path + ": is empty or not a file");
    const auto size = static_cast<std::size_t>(status.st_size);
    const auto* const start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
    if (start == MAP_FAILED) return refused(path, "be mapped");
    const BytesView bytes{static_cast<const std::byte*>(start), size};
    return std::shared_ptr<const MappedFile>{new MappedFile{bytes, identity_of(status)}};
}

MappedFile::~MappedFile() {
    // munmap() takes a pointer to what may be written; nothing is.
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace vivi::state
