// One command this router accepted, as it is written down and answered (docs/protocol.md section 7). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::openvivi_embedded {

enum class CommandState : std::uint8_t { Running, Succeeded, Failed };

/// What makes a restart of this process or of the machine the success of a command and not its interruption.
enum class EndsWith : std::uint8_t {
    Itself,
    NewProcess,  ///< Restart of this very service.
    NewBoot,     ///< Reboot and power-off.
    Resumed,     ///< An update: the next process goes on with it.
};

struct CommandRecord {
    std::string command{};  ///< UUID; the idempotency key.
    std::string request{};  ///< "POST /v1/system/reboot <sha-256 of the body>": what the id stands for.
    CommandState state = CommandState::Running;
    std::optional<int> progress{};  ///< 0..100.
    std::string detail{};           ///< For people.
    nlohmann::json result = nlohmann::json::object();
    EndsWith ends_with = EndsWith::Itself;
    std::string boot_id{};  ///< Under which it was accepted.
    WallTime accepted{};
};

/// A UUID in lower case with its dashes (RFC 9562 section 4); such a text is also a safe file name.
bool is_command_id(std::string_view text);

/// {"command","state","progress","detail","result"}: what is answered.
nlohmann::json to_document(const CommandRecord& record);
/// The same and what only this router needs, for its disk.
std::string serialize(const CommandRecord& record);
/// Invalid when the text is none of serialize().
Result<CommandRecord> parse_record(std::string_view text);

/// What is true of a record that was found on the disk at a start under `boot_id`: nothing of it runs any more.
void settle(CommandRecord& record, std::string_view boot_id);

}  // namespace vivi::openvivi_embedded
