// Tells people of alarms: letters to who asked for them, push messages to their browsers. Any number of replicas may run it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/db/alarm_notices.hpp"
#include "server/egress/fetch.hpp"
#include "server/egress/mail.hpp"
#include "server/notify/web_push.hpp"

namespace vivi::notify {

struct TellerSettings {
    std::string public_url{};                   ///< Where people reach the dashboard; empty: no links.
    std::optional<crypto::P256Key> push_key{};  ///< Without one no push messages are sent.
    std::string push_contact{};                 ///< mailto: or https: URL for push services (RFC 8292 section 2.1).
};

class Teller {
public:
    /// `auth` connects as vivi_auth; all outlive it.
    Teller(db::Pool& auth, egress::Mail& mail, egress::Fetcher& fetcher, TellerSettings settings)
        : auth_{auth}, mail_{mail}, fetcher_{fetcher}, settings_{std::move(settings)} {}

    /// Letters once a second; four browsers at once. The queue is the table alarm_notices. Never ends by itself.
    Task<> run();
    /// Queues the letters that are due; how many.
    Task<Result<int>> tell_by_letter();
    /// Sends what is due to one browser; false: nothing is.
    Task<Result<bool>> tell_a_browser();

private:
    Task<> run_letters();
    Task<> run_pushes();
    /// Leaves out what the person may not see.
    Task<std::vector<db::AlarmNotice>> judged(const db::Account& account, std::vector<db::AlarmNotice> notices);
    Task<Result<int>> send(const db::DuePush& push);
    Task<Status> conclude(const db::DuePush& push, Result<int> answer);
    std::string link() const;

    db::Pool& auth_;
    egress::Mail& mail_;
    egress::Fetcher& fetcher_;
    TellerSettings settings_;
};

}  // namespace vivi::notify
