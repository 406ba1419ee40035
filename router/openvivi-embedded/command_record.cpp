// Records as JSON, and what a restart makes of them.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/command_record.hpp"

#include <algorithm>
#include <array>

#include "common/model/reading.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr model::Names<3> states{"running", "succeeded", "failed"};
constexpr model::Names<4> ends{"itself", "new_process", "new_boot", "resumed"};
constexpr std::size_t most_record_bytes = 1 << 20;

}  // namespace

bool is_command_id(std::string_view text) {
    constexpr std::array<std::size_t, 4> dashes{8, 13, 18, 23};
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (std::ranges::find(dashes, i) != dashes.end() ? text[i] != '-' : !is_hex) return false;
    }
    return true;
}

nlohmann::json to_document(const CommandRecord& record) {
    nlohmann::json document{{"command", record.command},
                            {"state", model::name_of(record.state, states)},
                            {"progress", nullptr},
                            {"detail", record.detail},
                            {"result", record.result}};
    if (record.progress) document["progress"] = *record.progress;
    return document;
}

std::string serialize(const CommandRecord& record) {
    auto document = to_document(record);
    document["request"] = record.request;
    document["ends_with"] = model::name_of(record.ends_with, ends);
    document["boot_id"] = record.boot_id;
    document["accepted_at"] = to_unix_ms(record.accepted);
    return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<CommandRecord> parse_record(std::string_view text) {
    const auto document = model::parse_json(text, most_record_bytes);
    if (!document) return std::unexpected{document.error()};
    model::Problems problems;
    model::Fields in{*document, "", problems};
    CommandRecord record{.command = in.text("command"),
                         .request = in.text("request"),
                         .state = model::enumerator(in, "state", states, CommandState::Failed),
                         .detail = in.text("detail"),
                         .ends_with = model::enumerator(in, "ends_with", ends, EndsWith::Itself),
                         .boot_id = in.text("boot_id"),
                         .accepted = from_unix_ms(in.integer("accepted_at"))};
    if (!problems.empty()) return failed(Code::Invalid, problems.front());
    if (!is_command_id(record.command)) return failed(Code::Invalid, "/command: must be a UUID");
    if (const auto result = document->find("result"); result != document->end()) record.result = *result;
    if (const auto progress = document->find("progress"); progress != document->end() && progress->is_number_integer())
        record.progress = progress->get<int>();
    return record;
}

void settle(CommandRecord& record, std::string_view boot_id) {
    if (record.state != CommandState::Running || record.ends_with == EndsWith::Resumed) return;
    const bool is_success =
        record.ends_with == EndsWith::NewProcess || (record.ends_with == EndsWith::NewBoot && record.boot_id != boot_id);
    record.state = is_success ? CommandState::Succeeded : CommandState::Failed;
    if (!is_success) record.detail = "the router restarted in the middle of it; whether it was done is not known";
}

}  // namespace vivi::openvivi_embedded
