// Which documents may run: any, or only those that came with the web site (its build writes them down).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "common/core/result.hpp"
#include "server/graphql/engine.hpp"

namespace vivi::transport {

/// Pure. A document is named by the SHA-256 of its text, in lower-case hexadecimal (GraphQL over HTTP, appendix A "Persisted
/// Documents"; Apollo's `persistedQuery` uses the same).
class Documents {
public:
    enum class Accept : std::uint8_t { Any, Trusted };

    /// Any document, none known by its name.
    Documents() = default;
    /// `manifest` is a JSON object, the name of each document to its text. Invalid when a name is not the hash of its text.
    static Result<Documents> parse(std::string_view manifest, Accept accept);

    /// Puts the text in place of the request's document_id. The refusal says why the request may not run: DOCUMENT_NOT_TRUSTED,
    /// PERSISTED_QUERY_NOT_FOUND (the name is not known, and the text may be sent) or DOCUMENT_ID_MISMATCH. `may_send_any` frees
    /// the caller from the manifest.
    std::optional<graphql::Refusal> admit(graphql::Request& request, bool may_send_any = false) const;

    bool is_trusted_only() const noexcept { return accept_ == Accept::Trusted; }
    std::size_t size() const noexcept { return texts_.size(); }

private:
    Accept accept_ = Accept::Any;
    std::unordered_map<std::string, std::string> texts_{};  ///< By name.
    std::unordered_set<std::string> known_{};               ///< The texts: those who send one need not be hashed.
};

}  // namespace vivi::transport
