// Checks and report of a list.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/new_list.hpp"

#include "common/core/crypto.hpp"
#include "common/model/event.hpp"
#include "server/db/gathered.hpp"
#include "server/db/utf8.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t most_name_bytes = 63;

std::string report_text(const policy::ListReport& report) {
    model::Json examples = model::Json::array();
    for (const auto& line : report.examples)
        examples.push_back({{"line", line.line}, {"text", line.text}, {"reason", line.reason}});
    const model::Json json{{"lines", report.lines},           {"accepted", report.accepted},
                           {"duplicates", report.duplicates}, {"unsupported", report.unsupported},
                           {"invalid", report.invalid},       {"examples", std::move(examples)}};
    return json.dump(-1, ' ', false, model::Json::error_handler_t::replace);
}

/// PostgreSQL keeps no NUL and nothing that is not UTF-8, and what it keeps must have the hash that routers check.
bool is_storable(const std::string& text) {
    for (std::string_view rest{text}; !rest.empty();) {
        const auto length = utf8_length(rest);
        if (length == 0 || rest.front() == '\0') return false;
        rest.remove_prefix(length);
    }
    return true;
}

}  // namespace

Result<NewList> make_list(std::string name, std::optional<policy::ListFormat> format, std::string text) {
    if (name.empty() || name.size() > most_name_bytes || clean(name, most_name_bytes) != name)
        return failed(Code::Invalid, "name: must have 1 to 63 bytes");
    if (text.size() > most_list_bytes) return failed(Code::Invalid, "text: must have at most 64 MiB");
    if (!is_storable(text)) return failed(Code::Invalid, "text: is not UTF-8");
    if (!format) format = policy::guess_list_format(text);
    if (!format) return failed(Code::Invalid, "format: none fits this text; say which it is");
    const auto report = policy::read_list(text, *format, [](const policy::ListEntry&) {});
    if (report.accepted == 0) return failed(Code::Invalid, "text: not one line is a usable name");
    NewList list{.name = std::move(name), .format = std::string{to_string(*format)}, .report = report_text(report)};
    list.sha256 = crypto::to_hex(crypto::sha256(as_bytes(text)));
    list.text = std::move(text);
    return list;
}

}  // namespace vivi::db
