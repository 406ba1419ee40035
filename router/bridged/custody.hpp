// The end of a custody on this router: everything that belongs to it is wiped, and a receipt written.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/model/custody.hpp"
#include "common/runtime/task.hpp"
#include "common/store/store.hpp"

namespace vivi::bridged {

struct CustodyPlaces {
    std::string wish{};                ///< return.file
    std::string receipt{};             ///< receipt.file
    std::string last_good{};           ///< Says whose the router is; removed.
    std::vector<std::string> files{};  ///< Removed.
    std::string folder{};              ///< Emptied.
};

/// Runs before the bridge is made: nothing of it has read anything yet.
class Custody {
public:
    struct Ports {
        store::Store &state, &stream;
        bus::Subscriber& queue;  ///< bridged's: what waits there is dropped.
        std::function<bool()> has_broker;
    };
    Custody(CustodyPlaces places, Ports ports) : places_{std::move(places)}, ports_{std::move(ports)} {}

    /// Carries the wish out, if there is one. Everything may be away: it waits. After a power cut it begins again.
    Task<> settle();

private:
    Task<> wipe(model::ReturnWish wish, std::string custody);
    Task<std::int64_t> empty(store::Store& store, std::vector<store::Command> counts, std::vector<std::int64_t>& counted);
    Task<> drop_messages(std::int64_t& dropped);
    std::int64_t remove_files() const;
    std::string custody_in_force() const;

    CustodyPlaces places_;
    Ports ports_;
};

}  // namespace vivi::bridged
