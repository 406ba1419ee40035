// CSV and JSON of audit rows.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/audit_export.hpp"

#include "common/model/event.hpp"
#include "server/api/date_time.hpp"

namespace vivi::api {

std::string csv_field(std::string_view text) {
    std::string field = "\"";
    if (!text.empty() && std::string_view{"=+-@\t\r"}.contains(text.front())) field += '\'';
    for (const char c : text) {
        if (c == '"') field += '"';
        field += c;
    }
    return field + '"';
}

std::string to_csv(std::span<const db::AuditEntry> entries) {
    std::string text = "id,at,user,email,action,target,detail,address\r\n";
    for (const auto& entry : entries) {
        const auto id = std::to_string(entry.id);
        const auto at = to_date_time(entry.at);
        bool is_first = true;
        for (const std::string_view field :
             {std::string_view{id}, std::string_view{at}, std::string_view{entry.user}, std::string_view{entry.email},
              std::string_view{entry.action}, std::string_view{entry.target}, std::string_view{entry.detail},
              std::string_view{entry.address}}) {
            if (!std::exchange(is_first, false)) text += ',';
            text += csv_field(field);
        }
        text += "\r\n";
    }
    return text;
}

std::string to_json_text(std::span<const db::AuditEntry> entries) {
    auto list = model::Json::array();
    for (const auto& entry : entries) {
        const auto detail = model::parse_json(entry.detail);
        list.push_back({{"id", entry.id},
                        {"at", to_date_time(entry.at)},
                        {"user", entry.user},
                        {"email", entry.email},
                        {"action", entry.action},
                        {"target", entry.target},
                        {"detail", detail ? *detail : model::Json::object()},
                        {"address", entry.address}});
    }
    return list.dump();
}

}  // namespace vivi::api
