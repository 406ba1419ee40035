// The files of a web site, all in memory: what was loaded exists, nothing else does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "common/core/result.hpp"
#include "common/http/message.hpp"

namespace vivi::http {

/// Paths from the root of the site ("/assets/main-3f2a9c1b.js") and their bytes.
using FileTree = std::map<std::string, std::string, std::less<>>;

/// Reads a folder and everything under it; symbolic links are not followed, 64 MiB is the most.
Result<FileTree> read_tree(const std::string& folder);

/// Answers GET and HEAD from a tree of files. Pure.
/// - Unknown paths whose last part has no dot are the page itself ("/index.html"): the browser routes them.
/// - Each representation has a strong ETag (RFC 9110 section 8.8.3), compared with If-None-Match.
/// - Text is compressed with gzip once, when it is loaded; with brotli by the site's build, as "name.br" beside "name", which is
/// not
///   a file of its own.
/// - Names that begin with a dot are nobody's business.
/// - Names under /assets/ that hold a hash of the content are fresh for ever (RFC 8246); all else is asked for again.
class StaticFiles {
public:
    explicit StaticFiles(const FileTree& tree);
    Response answer(const Request& request) const;
    bool is_empty() const noexcept { return files_.empty(); }

private:
    struct File {
        std::string body{};
        std::string gzip{};  ///< Empty: not worth it.
        std::string brotli{};
        std::string tag{};  ///< Of the plain bytes, unquoted.
        std::string_view content_type{};
        std::string_view cache_control{};
    };
    const File* lookup(std::string_view path) const;

    std::map<std::string, File, std::less<>> files_;
};

/// By the last dot's suffix; application/octet-stream when it is not known.
std::string_view content_type_of(std::string_view path);
/// RFC 9110 section 12.5.3: may the answer have that content coding ("gzip", "br")?
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace vivi::http
