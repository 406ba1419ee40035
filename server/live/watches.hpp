// While somebody looks at a router, the router is told: it then sends every 250 ms instead of every 10 s.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "common/bus/bus.hpp"
#include "common/store/store.hpp"

namespace vivi::live {

/// Who is looked at, by how many; and which of them were not announced yet.
struct Looks {
    std::unordered_map<std::string, int> counts{};
    std::set<std::string> fresh{};
};

/// Somebody looks, for as long as this lives.
class Watch {
public:
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

private:
    friend class Watches;
    Watch(std::shared_ptr<Looks> all, std::string router) : all_{std::move(all)}, router_{std::move(router)} {}
    std::shared_ptr<Looks> all_;  // Shared: a subscriber's end may come after the process has put its parts away.
    std::string router_;
};

class Watches {
public:
    /// Each announcement lasts 25 s and is repeated every 10 s, so that two may be lost.
    static constexpr Seconds lasts{25};
    static constexpr Seconds repeated{10};

    /// `store` and `publisher` outlive it.
    Watches(net::any_io_executor executor, store::Store& store, bus::Publisher& publisher)
        : wake_{std::move(executor)}, store_{store}, publisher_{publisher} {}

    /// The first watch of a router is announced at once.
    std::unique_ptr<Watch> look(std::string router);
    /// Announces; never ends by itself.
    Task<> run();
    std::size_t watched() const noexcept { return looks_->counts.size(); }

private:
    Task<> announce(std::set<std::string> routers);

    std::shared_ptr<Looks> looks_ = std::make_shared<Looks>();  // Shared: see Watch.
    net::steady_timer wake_;
    store::Store& store_;
    bus::Publisher& publisher_;
};

}  // namespace vivi::live
