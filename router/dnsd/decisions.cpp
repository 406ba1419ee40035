// One arena for the bytes of a batch; it grows to the largest batch and stays.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/decisions.hpp"

#include <algorithm>

namespace vivi::dnsd {

void Decisions::clear() noexcept {
    used_ = 0;
    answers_.clear();
    asks_.clear();
    allowed_.clear();
    allow_for_ = Seconds{};
}

std::span<std::byte> Decisions::room(std::size_t most) {
    if (arena_.size() - used_ < most) arena_.resize(std::max(arena_.size() * 2, used_ + most));
    return std::span{arena_}.subspan(used_, most);
}

void Decisions::answer(const Client& client, std::size_t size) {
    answers_.push_back({.client = client, .at = used_, .size = size});
    used_ += size;
}

void Decisions::ask(Ask ask, std::size_t size) {
    ask.at = used_;
    ask.size = size;
    asks_.push_back(ask);
    used_ += size;
}

void Decisions::allow(firewall::Allowed element, Seconds timeout) {
    if (!allowed_.empty() && allowed_.back() == element) return;
    allowed_.push_back(element);
    allow_for_ = std::max(allow_for_, timeout);
}

}  // namespace vivi::dnsd
