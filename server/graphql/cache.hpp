// Documents that were found valid, by their text: the newest thousand, bounded in bytes too.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "server/graphql/plan.hpp"

namespace vivi::graphql {

/// Least recently used leaves first. What leaves stays alive while a request or subscription runs it.
class DocumentCache {
public:
    DocumentCache(std::size_t documents, std::size_t bytes) : max_documents_{documents}, max_bytes_{bytes} {}

    /// Null when it is not known.
    std::shared_ptr<CachedDocument> find(std::string_view source);
    void add(std::shared_ptr<CachedDocument> document);

private:
    using Order = std::list<std::shared_ptr<CachedDocument>>;

    std::size_t max_documents_, max_bytes_;
    std::size_t bytes_ = 0;
    Order order_;                                                      ///< The most recently used first.
    std::unordered_map<std::string_view, Order::iterator> by_source_;  ///< Keys point into the documents.
};

}  // namespace vivi::graphql
