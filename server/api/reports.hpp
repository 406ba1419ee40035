// GET /reports/<id of an event>.csv and .pdf, with the rights of who asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string>
#include <string_view>

#include "server/api/call.hpp"

namespace vivi::api {

/// A file, or why there is none: a JSON text then.
struct ReportAnswer {
    int status = 200;
    std::string content_type{"application/json"};
    std::string file_name{};  ///< ASCII; empty: no file.
    std::string body{};
};

class Reports {
public:
    static constexpr std::string_view path = "/reports/";
    /// Who would be one more waits elsewhere: 503.
    static constexpr int most_waiting = 8;

    /// `target`: "/reports/<id>.pdf?language=fr&detail=full". Viewers and above get the anonymous report; `detail=full` takes the
    /// right to what is personal, and is audited. 401, 403, 404 (also for somebody else's), 400.
    Task<ReportAnswer> answer(Call& call, std::string target);

private:
    int waiting_ = 0;
    net::thread_pool worker_{1};  ///< Pages are drawn one after the other, aside.
};

}  // namespace vivi::api
