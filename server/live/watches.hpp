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

class Watches;

/// Somebody looks, for as long as this lives. Must not outlive its Watches.
class Watch {
public:
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

private:
    friend class Watches;
    Watch(Watches& from, std::string router) : from_{from}, router_{std::move(router)} {}
    Watches& from_;
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
    std::size_t watched() const noexcept { return counts_.size(); }

private:
    friend class Watch;
    Task<> announce(std::set<std::string> routers);

    std::unordered_map<std::string, int> counts_;
    std::set<std::string> fresh_;  // Not announced yet.
    net::steady_timer wake_;
    store::Store& store_;
    bus::Publisher& publisher_;
};

}  // namespace vivi::live
