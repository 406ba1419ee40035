// What the programs of a router write down about whose it is: the code it shows, the wish to return it, the receipt for that.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/model/fields.hpp"

namespace vivi::model {

/// The claim code to show while nobody has the router. In claim_code.file, and the body of POST /v1/claim-code.
struct ShownCode {
    std::string code{};  ///< "7ZK4T-9QH2M-R"; empty: none.
    WallTime expires_at{};
    bool operator==(const ShownCode&) const = default;
};

/// Everything of a custody is to be wiped. In return.file, and the body of POST /v1/return.
struct ReturnWish {
    std::string custody{};  ///< uuid; empty: whatever is in force.
    std::string by{};       ///< "server" or "router": who wished it first.
    WallTime at{};
    bool operator==(const ReturnWish&) const = default;
};

/// What was wiped. In receipt.file until the server has it.
struct Receipt {
    std::string custody{};
    std::string by{};  ///< As of the wish.
    WallTime at{};     ///< When the last of it was gone.
    std::int64_t outbox_entries = 0, leases = 0, keys = 0, files = 0, messages = 0;
    bool operator==(const Receipt&) const = default;
};

Json to_json(const ShownCode& code);
Json to_json(const ReturnWish& wish);
Json to_json(const Receipt& receipt);
std::expected<ShownCode, Problems> parse_shown_code(const Json& json);
std::expected<ReturnWish, Problems> parse_return_wish(const Json& json);
std::expected<Receipt, Problems> parse_receipt(const Json& json);

inline constexpr std::size_t max_custody_note_bytes = 4 << 10;

}  // namespace vivi::model
