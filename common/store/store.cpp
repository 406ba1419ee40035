// What every store can do with its three verbs.
// SPDX-License-Identifier: Apache-2.0
#include "common/store/store.hpp"

namespace vivi::store {

Task<Result<std::optional<std::string>>> get_text(Store& store, std::string key) {
    Command command{"GET", std::move(key)};
    auto reply = co_await store.run(std::move(command));
    if (!reply) co_return std::unexpected{std::move(reply).error()};
    if (reply->is_nil()) co_return std::optional<std::string>{};
    co_return std::optional<std::string>{std::move(reply->text)};
}

}  // namespace vivi::store
