// The JSON of codes, wishes and receipts.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/custody.hpp"

#include <limits>

namespace vivi::model {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

std::string custody_of(Fields& fields) {
    auto custody = fields.text("custody", "");
    const bool has_shape =
        custody.empty() || (custody.size() == 36 && custody.find_first_not_of("0123456789abcdef-") == std::string::npos);
    if (!has_shape) fields.problem("custody", "must be an id, or empty");
    return custody;
}

std::string by_of(Fields& fields) {
    auto by = fields.text("by");
    if (by != "server" && by != "router") fields.problem("by", "must be server or router");
    return by;
}

template <class T>
std::expected<T, Problems> checked(T value, Problems problems) {
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return value;
}

}  // namespace

Json to_json(const ShownCode& code) { return {{"v", 1}, {"code", code.code}, {"expires_at", to_unix_ms(code.expires_at)}}; }

Json to_json(const ReturnWish& wish) {
    return {{"v", 1}, {"custody", wish.custody}, {"by", wish.by}, {"at", to_unix_ms(wish.at)}};
}

Json to_json(const Receipt& receipt) {
    return {{"v", 1},
            {"custody", receipt.custody},
            {"by", receipt.by},
            {"at", to_unix_ms(receipt.at)},
            {"wiped",
             {{"outbox_entries", receipt.outbox_entries},
              {"leases", receipt.leases},
              {"keys", receipt.keys},
              {"files", receipt.files},
              {"messages", receipt.messages}}}};
}

std::expected<ShownCode, Problems> parse_shown_code(const Json& json) {
    Problems problems;
    Fields fields{json, "", problems};
    ShownCode code{.code = fields.text("code"), .expires_at = from_unix_ms(fields.integer("expires_at", 0, most))};
    if (code.code.size() > 20) fields.problem("code", "must have at most 20 bytes");
    return checked(std::move(code), std::move(problems));
}

std::expected<ReturnWish, Problems> parse_return_wish(const Json& json) {
    Problems problems;
    Fields fields{json, "", problems};
    ReturnWish wish{.custody = custody_of(fields), .by = by_of(fields), .at = from_unix_ms(fields.integer("at", 0, most))};
    return checked(std::move(wish), std::move(problems));
}

std::expected<Receipt, Problems> parse_receipt(const Json& json) {
    Problems problems;
    Fields fields{json, "", problems};
    Receipt receipt{.custody = custody_of(fields), .by = by_of(fields), .at = from_unix_ms(fields.integer("at", 0, most))};
    Fields wiped{fields.object("wiped"), "/wiped", problems};
    receipt.outbox_entries = wiped.integer("outbox_entries", 0, most);
    receipt.leases = wiped.integer("leases", 0, most);
    receipt.keys = wiped.integer("keys", 0, most);
    receipt.files = wiped.integer("files", 0, most);
    receipt.messages = wiped.integer("messages", 0, most);
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return receipt;
}

}  // namespace vivi::model
