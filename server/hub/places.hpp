// How many may be somewhere at once, in all and of one address; asked by the threads of all sessions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace vivi::hub {

class Places {
public:
    Places(std::size_t most, std::size_t most_of_address) : most_{most}, most_of_address_{most_of_address} {}

    /// Given back when it goes.
    class Place {
    public:
        Place(Place&& other) noexcept : all_{std::exchange(other.all_, nullptr)}, address_{std::move(other.address_)} {}
        Place& operator=(Place&& other) noexcept {
            std::swap(all_, other.all_);
            std::swap(address_, other.address_);
            return *this;
        }
        ~Place() {
            if (all_ != nullptr) all_->give_back(address_);
        }

    private:
        friend Places;
        Place(Places& all, std::string address) : all_{&all}, address_{std::move(address)} {}
        Places* all_;
        std::string address_;
    };

    /// Nothing at a bound. An empty address is counted in all only: whose it is is not known yet.
    std::optional<Place> take(const std::string& address) {
        const std::scoped_lock lock{mutex_};
        const auto found = of_address_.find(address);
        if (taken_ >= most_ || (found != of_address_.end() && found->second >= most_of_address_)) return std::nullopt;
        ++taken_;
        if (!address.empty()) ++of_address_[address];
        return Place{*this, address};
    }
    std::size_t taken() const {
        const std::scoped_lock lock{mutex_};
        return taken_;
    }

private:
    void give_back(const std::string& address) {
        const std::scoped_lock lock{mutex_};
        --taken_;
        if (address.empty()) return;
        const auto found = of_address_.find(address);
        if (--found->second == 0) of_address_.erase(found);
    }

    const std::size_t most_, most_of_address_;
    mutable std::mutex mutex_{};
    std::size_t taken_ = 0;
    std::unordered_map<std::string, std::size_t> of_address_{};
};

}  // namespace vivi::hub
