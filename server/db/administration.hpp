// What an operator does at the command line, as the owner of the schema. Blocking; for vivi-admin and tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/core/result.hpp"

namespace vivi::db {

/// Each answers with the id of what it made; Conflict when it is there already, NotFound when the organisation is not.
Result<std::string> create_organisation(const std::string& owner_url, const std::string& name);

struct NewUser {
    std::string email{};
    std::string name{};
    std::string password_hash{};
    bool is_staff = false;
    std::string organisation{};  ///< uuid
    std::string role{};          ///< owner, organiser, operator, viewer
};
Result<std::string> create_user(const std::string& owner_url, const NewUser& user);

struct NewRouter {
    std::string fingerprint{};   ///< "SHA256:…"
    std::string organisation{};  ///< uuid
    std::string name{};
    std::string configuration{};  ///< JSON text of the first revision; custody and revision are filled in.
};
/// Works for a key that is pending and for one that was never seen. Invalid with every problem of the configuration.
Result<std::string> accept_router(const std::string& owner_url, const NewRouter& router);

}  // namespace vivi::db
