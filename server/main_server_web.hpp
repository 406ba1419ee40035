// The web site as vivi-server has it: its files, the documents its build wrote down, and the header fields of every answer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "common/http/static_files.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/log.hpp"
#include "server/transport/documents.hpp"

namespace vivi {

inline constexpr const char* manifest_path = "/documents.json";  ///< Of the web site's build; never served.

inline bool is_trusted_only(const Settings& settings) { return settings.text("graphql.documents") == "trusted"; }

inline http::FileTree load_web(const std::string& root) {
    auto tree = http::read_tree(root);
    if (!tree) log::warn("web.missing", {{"root", root}, {"reason", tree.error().detail}});
    return std::move(tree).value_or(http::FileTree{});
}

/// Takes the manifest out of the site's files.
inline transport::Documents take_documents(http::FileTree& files, const Settings& settings) {
    using enum transport::Documents::Accept;
    const auto manifest = files.extract(manifest_path);
    if (manifest.empty() && !is_trusted_only(settings)) return {};
    auto documents =
        transport::Documents::parse(manifest.empty() ? "" : manifest.mapped(), is_trusted_only(settings) ? Trusted : Any);
    if (!documents) throw Fatal{std::move(documents).error().in(settings.text("web.root") + manifest_path), Exit::Configuration};
    return *std::move(documents);
}

/// OWASP's secure headers; the site needs nothing from elsewhere and nobody needs to frame it. What the answer says itself
/// stands. Over HTTPS, as a trusted proxy says, browsers are told to stay there (RFC 6797, ASVS 3.4.1).
inline http::Response secured(http::Response response, bool is_https) {
    static constexpr std::pair<const char*, const char*> fields[] = {
        {"content-security-policy",
         "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors "
         "'none'"},
        {"x-content-type-options", "nosniff"},
        {"referrer-policy", "no-referrer"},
        {"cross-origin-opener-policy", "same-origin"},
    };
    for (const auto& [name, value] : fields) {
        if (!http::find(response.headers, name)) response.headers.emplace_back(name, value);
    }
    if (is_https) response.headers.emplace_back("strict-transport-security", "max-age=31536000");
    return response;
}

}  // namespace vivi
