// Looking at the file of local decisions.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/local_file.hpp"

#include <sys/stat.h>

#include "common/runtime/blocking.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::bridged {

LocalFile::Seen LocalFile::read(const std::string& path, Seen seen) {
    struct stat status{};
    if (path.empty() || ::stat(path.c_str(), &status) != 0) return {};
    auto version = std::to_string(status.st_ino) + '/' + std::to_string(status.st_size) + '/' +
                   std::to_string(status.st_mtim.tv_sec) + '.' + std::to_string(status.st_mtim.tv_nsec);
    if (version == seen.version) return seen;
    const auto text = read_text_file(path);
    const auto json = text ? model::parse_json(*text) : Result<model::Json>{std::unexpected{text.error()}};
    auto changes = json ? model::parse_local_changes(*json) : std::unexpected{model::Problems{json.error().detail}};
    if (!changes) log::warn("local.unreadable", {{"file", path}, {"reason", changes.error().front()}});
    return {.version = std::move(version), .changes = changes ? *std::move(changes) : model::LocalChanges{}};
}

Task<bool> LocalFile::look() {
    seen_ = co_await blocking(disk_, [path = path_, seen = seen_] { return read(path, seen); });
    auto holds = model::still_holding(seen_.changes, time_.now());
    if (holds == holds_) co_return false;
    holds_ = std::move(holds);
    log::info("local.changed", {{"parts", parts().size()}});
    co_return true;
}

model::Configuration LocalFile::over(model::Configuration configuration) const {
    return model::overlaid(std::move(configuration), holds_, time_.now());
}

std::vector<std::string> LocalFile::parts() const {
    std::vector<std::string> parts;
    if (holds_.uplink) parts.emplace_back("/uplink: another one was decided at the router");
    if (holds_.lan) parts.emplace_back("/networks/0/interface: another one was decided at the router");
    if (!holds_.devices.empty()) parts.emplace_back("/policy/devices: some were decided at the router");
    if (holds_.bypass_until) parts.emplace_back("/policy: everything is let through, decided at the router");
    return parts;
}

}  // namespace vivi::bridged
