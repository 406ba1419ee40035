// The catalogues "what would happen?" decides with: the shipped lists, and those an organisation imported. Files are read here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/model/policy.hpp"
#include "common/policy/catalogue.hpp"
#include "common/policy/shipped.hpp"
#include "common/policy/time_zone.hpp"
#include "common/runtime/task.hpp"

namespace vivi::api {

/// An arena and the view of it.
struct BuiltCatalogue {
    Bytes arena{};
    policy::Catalogue catalogue{};
    std::vector<policy::ShippedList> shipped{};  ///< What the lists that come with Vivi are called.
};

/// An imported list with its text.
struct ListText {
    model::ListRule rule{};
    std::string text{};
};

class Catalogues {
public:
    /// `lists`: folder with `categories/<name>.txt` and `services/<name>.txt`, a name a line, as routers have it; empty or
    /// absent: no shipped lists. `zones`: folder of TZif files.
    explicit Catalogues(std::string lists, std::string zones = "/usr/share/zoneinfo");

    /// One that was built lately of just this; nothing otherwise. `owner` is the organisation: what it imported is nobody else's.
    std::shared_ptr<const BuiltCatalogue> find(const std::string& owner, const std::vector<model::ListRule>& rules);
    /// Builds it on a thread of its own (seconds for a million names) and keeps the last few; not when a text is missing, which
    /// may come.
    Task<Result<std::shared_ptr<const BuiltCatalogue>>> build(std::string owner, std::vector<model::ListRule> rules,
                                                              std::vector<ListText> texts);
    /// Invalid: there is no such zone. Reads a small file.
    Result<policy::TimeZone> zone(const std::string& name) const;

private:
    struct Kept {
        std::string key{};
        std::shared_ptr<const BuiltCatalogue> catalogue{};
    };
    std::string lists_, zones_;
    std::deque<Kept> kept_;  // The last used first.
    net::thread_pool worker_{1};
};

}  // namespace vivi::api
