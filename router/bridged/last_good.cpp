// Reading and safely replacing one small file.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/last_good.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace vivi::bridged {
namespace {

class Descriptor {
public:
    Descriptor(const std::string& path, int flags) : number_{::open(path.c_str(), flags | O_CLOEXEC, 0640)} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const noexcept { return number_; }

private:
    int number_;
};

std::unexpected<Error> refused(const std::string& path, std::string_view verb) {
    return failed(Code::Unavailable, path + ": cannot " + std::string{verb} + ": " + std::strerror(errno));
}

Status write_and_sync(const std::string& path, const std::string& text) {
    const Descriptor file{path, O_WRONLY | O_CREAT | O_TRUNC};
    if (file.number() < 0) return refused(path, "be opened");
    std::size_t written = 0;
    while (written < text.size()) {
        const auto count = ::write(file.number(), text.data() + written, text.size() - written);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return refused(path, "be written");
        written += static_cast<std::size_t>(count);
    }
    if (::fsync(file.number()) != 0) return refused(path, "be synced");
    return {};
}

}  // namespace

Result<std::optional<std::string>> read_last_good(const std::string& path) {
    std::error_code error;
    if (path.empty() || !std::filesystem::exists(path, error)) return std::nullopt;
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return failed(Code::Unavailable, path + ": cannot be read: " + std::strerror(errno));
    return text.str();
}

Status write_last_good(const std::string& path, const std::string& document) {
    if (path.empty()) return {};
    const auto temporary = path + ".new";
    if (auto written = write_and_sync(temporary, document); !written) return written;
    if (std::rename(temporary.c_str(), path.c_str()) != 0) return refused(path, "be replaced");
    const auto folder = std::filesystem::path{path}.parent_path();
    const Descriptor directory{folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY};
    if (directory.number() < 0 || ::fsync(directory.number()) != 0) return refused(folder.string(), "be synced");
    return {};
}

}  // namespace vivi::bridged
