// The shared list of domains and the queue of those that wait for a category. For the roles vivi_api, vivi_xana and vivi_hub.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct Category {
    std::string name{};
    bool is_sensitive = false;
    std::int64_t domain_count = 0;
};
Task<Result<std::vector<Category>>> categories(Pool& pool);

struct WaitingDomain {
    std::int64_t number = 0;
    std::string domain{};
    std::int64_t organisations = 0;  ///< How many offered it.
    WallTime first_at{}, last_at{};
};
struct WaitingPage {
    std::vector<WaitingDomain> rows{};
    bool has_next = false;
};
/// After this one; the most offered first.
struct WaitingPlace {
    std::int64_t organisations = 0;
    std::int64_t number = 0;
};
Task<Result<WaitingPage>> waiting_domains(Pool& pool, int first, std::optional<WaitingPlace> after);

struct CategoryDecision {
    std::string domain{};    ///< Normalised.
    std::string category{};  ///< Empty: none any more.
    std::string user{};      ///< uuid; empty: from Discord.
    std::string address{};
};
/// The version of the list now. NotFound: no such category. A user's decision is audited in the same transaction.
Task<Result<std::int64_t>> decide_category(Pool& pool, CategoryDecision decision);

Task<Result<bool>> sharing(Pool& pool, Tenant tenant);
Task<Status> set_sharing(Pool& pool, Tenant tenant, bool is_enabled, std::string user, std::string address);

/// What of a name may leave an organisation: its registrable domain, private suffixes included, unless a label of the name looks
/// made up for one person or device (6 or more digits, or 16 or more hexadecimal digits, in a row) or it is no public name. Pure.
std::optional<std::string> shareable(std::string_view name);

/// Offers names without a category that at least five devices of an organisation used within 5 minutes of the last day, of those
/// organisations that want it; how many were new to the queue. As vivi_hub, after roll_up_ended().
Task<Result<int>> offer_domains(Pool& pool);

}  // namespace vivi::db
