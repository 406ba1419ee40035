// Whose access ended or changed, told to all who serve them in this process: twice a second, from the database, with or without a
// broker. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "server/db/access_changes.hpp"

namespace vivi::auth {

/// One loop.
class Revocations {
public:
    /// Between a commit anywhere and the listeners here there is at most this, and a query.
    static constexpr Milliseconds between_looks{500};

    /// uuids of users, show links and routers. Empty: nobody knows whose (the database was away for long); everybody looks again.
    using Subjects = std::unordered_set<std::string>;
    /// Hears of every change until it is destroyed, which it may not be from inside `heard`.
    class Listener {
    public:
        ~Listener();
        Listener(const Listener&) = delete;
        Listener& operator=(const Listener&) = delete;

    private:
        friend class Revocations;
        using All = std::vector<Listener*>;
        Listener(std::shared_ptr<All> all, std::function<void(const Subjects&)> heard);
        std::shared_ptr<All> all_;  // Shared: a listener's end may come after the process has put its parts away.
        std::function<void(const Subjects&)> heard_;
    };

    /// `pool` connects as vivi_auth and outlives it.
    explicit Revocations(db::Pool& pool) : pool_{pool} {}

    std::unique_ptr<Listener> listen(std::function<void(const Subjects&)> heard);
    /// Looks once and tells.
    Task<Status> look();
    /// Never ends by itself.
    Task<> run();
    std::size_t listeners() const noexcept { return listeners_->size(); }

private:
    void tell(const Subjects& subjects);

    db::Pool& pool_;
    std::shared_ptr<Listener::All> listeners_ = std::make_shared<Listener::All>();  // Shared: see Listener.
    std::string position_;
    std::set<std::int64_t> seen_;  ///< Ids of the last look.
};

}  // namespace vivi::auth
