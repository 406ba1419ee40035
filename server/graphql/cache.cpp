// Documents by their text.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/cache.hpp"

namespace vivi::graphql {

std::shared_ptr<CachedDocument> DocumentCache::find(std::string_view source) {
    const auto found = by_source_.find(source);
    if (found == by_source_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return *found->second;
}

void DocumentCache::add(std::shared_ptr<CachedDocument> document) {
    bytes_ += document->source.size();
    order_.push_front(std::move(document));
    by_source_.emplace(order_.front()->source, order_.begin());
    while (order_.size() > max_documents_ || bytes_ > max_bytes_) {
        bytes_ -= order_.back()->source.size();
        by_source_.erase(order_.back()->source);
        order_.pop_back();
    }
}

}  // namespace vivi::graphql
