// Purges outlive the database they were made in: a list to keep elsewhere, done again after a dump was restored.
// SPDX-License-Identifier: Apache-2.0
#include <pqxx/transaction.hxx>
#include <sstream>
#include <vector>

#include "common/model/event.hpp"
#include "server/db/connection.hpp"
#include "server/db/erasure.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

using model::Json;

struct Line {
    std::string organisation{}, kind{}, target{}, at{};
};

template <class Body>
Result<std::string> as_owner(const std::string& owner_url, Body body) {
    try {
        const auto connection = connect(owner_url, Deadline::None);  // A large event takes minutes.
        pqxx::work work{*connection};
        Transaction transaction{work};
        Result<std::string> answer = body(transaction);
        if (answer) work.commit();
        return answer;
    } catch (const std::exception& thrown) {
        return std::unexpected{describe(thrown)};
    }
}

bool is_uuid(const Json& value) {
    return value.is_string() && value.get_ref<const std::string&>().size() == 36 &&
           value.get_ref<const std::string&>().find_first_not_of("0123456789abcdef-") == std::string::npos;
}

Result<std::vector<Line>> parse_lines(const std::string& text) {
    std::vector<Line> lines;
    std::istringstream all{text};
    int number = 0;
    for (std::string line; std::getline(all, line);) {
        ++number;
        if (line.empty()) continue;
        const auto json = model::parse_json(line);
        const bool fits = json && json->is_object() && is_uuid(json->value("organisation", Json{})) &&
                          is_uuid(json->value("target", Json{})) && json->value("at", Json{}).is_string() &&
                          (json->value("kind", Json{}) == "device" || json->value("kind", Json{}) == "event");
        if (!fits) return failed(Code::Invalid, "line " + std::to_string(number) + " is no purge");
        lines.push_back(
            {.organisation = (*json)["organisation"], .kind = (*json)["kind"], .target = (*json)["target"], .at = (*json)["at"]});
    }
    return lines;
}

/// True when it had to be done.
bool replay(Transaction& transaction, const Line& line) {
    transaction.run("select set_config('vivi.organisation', $1, true)", line.organisation);
    if (transaction.run("select 1 from organisations where id = current_organisation()").empty()) return false;
    const auto known = transaction.run(
        "select 1 from purge_receipts where organisation_id = current_organisation() and kind = $1 and target = $2"
        " and at >= $3::timestamptz",
        line.kind, line.target, line.at);
    if (!known.empty()) return false;
    const auto done =
        transaction.run(line.kind == "event" ? "select purge_event($1, null)" : "select purge_device($1, null)", line.target);
    if (done[0][0].is_null())
        transaction.run(
            "insert into purge_receipts (organisation_id, kind, target, removed, remains)"
            " values (current_organisation(), $1, $2, '{}', '[]')",
            line.kind, line.target);
    return true;
}

}  // namespace

Result<std::string> export_purges(const std::string& owner_url) {
    return as_owner(owner_url, [](Transaction& transaction) -> Result<std::string> {
        std::string lines;
        for (const auto& row : transaction.run("select line::text from all_purges()")) lines += row[0].as<std::string>() + "\n";
        return lines;
    });
}

Result<std::string> replay_purges(const std::string& owner_url, const std::string& text) {
    const auto lines = parse_lines(text);
    if (!lines) return std::unexpected{lines.error()};
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        int done = 0;
        for (const auto& line : *lines) done += replay(transaction, line) ? 1 : 0;
        return std::to_string(done) + " of " + std::to_string(lines->size()) + " purges done again";
    });
}

}  // namespace vivi::db
