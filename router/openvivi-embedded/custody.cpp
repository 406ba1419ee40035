// Looking at the file.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/custody.hpp"

#include <sys/stat.h>

#include "common/model/event.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::openvivi_embedded {

Custody::Seen Custody::look(const std::string& file, Seen seen) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return {};
    const auto version = std::to_string(status.st_ino) + '/' + std::to_string(status.st_size) + '/' +
                         std::to_string(status.st_mtim.tv_sec) + '.' + std::to_string(status.st_mtim.tv_nsec);
    if (version == seen.version) return seen;
    const auto text = read_text_file(file);
    const auto document = text ? model::parse_json(*text) : Result<model::Json>{std::unexpected{text.error()}};
    Seen now{.version = version};
    if (document && document->is_object() && document->contains("custody") && document->at("custody").is_string())
        now.id = document->at("custody").get<std::string>();
    return now;
}

Task<std::string> Custody::id() {
    seen_ = co_await blocking(slow_, [file = file_, seen = seen_] { return look(file, seen); });
    co_return seen_.id;
}

}  // namespace vivi::openvivi_embedded
