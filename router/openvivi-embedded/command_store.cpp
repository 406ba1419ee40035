// Files of commands.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/command_store.hpp"

#include <algorithm>
#include <filesystem>

#include "common/runtime/durable_file.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"

namespace vivi::openvivi_embedded {

Result<std::vector<CommandRecord>> CommandStore::load() const {
    std::error_code error;  // No folder: no command yet.
    std::vector<CommandRecord> records;
    for (const auto& entry : std::filesystem::directory_iterator{folder_, error}) {
        if (entry.path().extension() != ".json") continue;
        const auto text = read_text_file(entry.path());
        auto record = text ? parse_record(*text) : Result<CommandRecord>{std::unexpected{text.error()}};
        if (record)
            records.push_back(*std::move(record));
        else
            log::warn("command.unreadable", {{"file", entry.path().string()}, {"reason", record.error().detail}});
    }
    std::ranges::sort(records, {}, &CommandRecord::accepted);
    return records;
}

Status CommandStore::save(const CommandRecord& record) const {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    return replace_text_file(path_of(record.command), serialize(record));
}

void CommandStore::remove(const std::string& command) const {
    std::error_code ignored;
    std::filesystem::remove(path_of(command), ignored);
}

}  // namespace vivi::openvivi_embedded
