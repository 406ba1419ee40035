// Names to texts, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/documents.hpp"

#include "common/core/bytes.hpp"
#include "common/core/crypto.hpp"
#include "server/graphql/json.hpp"

namespace vivi::transport {
namespace {

graphql::Refusal refusal(std::string message, std::string code) {
    return {graphql::Stage::Refused, {{std::move(message), {}, std::move(code)}}};
}

std::string name_of(std::string_view text) {
    const auto hash = crypto::sha256(as_bytes(text));
    return crypto::to_hex(hash);
}

graphql::Refusal not_trusted() {
    return refusal("This server runs only the documents of its own pages.", "DOCUMENT_NOT_TRUSTED");
}

}  // namespace

Result<Documents> Documents::parse(std::string_view manifest, Accept accept) {
    const auto json = graphql::parse_json(manifest);
    if (!json || !json->is_fields()) return failed(Code::Invalid, "the manifest of documents is not a JSON object");
    Documents documents;
    documents.accept_ = accept;
    for (const auto& [name, text] : json->fields().items()) {
        if (!text.is_text() || name_of(text.text()) != name)
            return failed(Code::Invalid, "the manifest of documents: " + std::string{name} + " is not the SHA-256 of its text");
        documents.known_.emplace(text.text());
        documents.texts_.emplace(name, text.text());
    }
    return documents;
}

std::optional<graphql::Refusal> Documents::admit(graphql::Request& request, bool may_send_any) const {
    const bool is_bound = is_trusted_only() && !may_send_any;
    if (request.document_id.empty()) {
        if (is_bound && !known_.contains(request.query)) return not_trusted();
        return std::nullopt;
    }
    const auto found = texts_.find(request.document_id);
    if (request.query.empty()) {
        if (found == texts_.end())
            return is_bound ? not_trusted() : refusal("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND");
        request.query = found->second;
        return std::nullopt;
    }
    if (name_of(request.query) != request.document_id)
        return refusal("The document's id is not the SHA-256 of its text.", "DOCUMENT_ID_MISMATCH");
    if (is_bound && found == texts_.end()) return not_trusted();
    return std::nullopt;
}

}  // namespace vivi::transport
