// Answering with files from memory.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/static_files.hpp"

#include <zlib.h>

#include <array>
#include <cctype>
#include <stdexcept>

#include "common/core/crypto.hpp"
#include "common/http/fields.hpp"

namespace vivi::http {
namespace {

struct Type {
    std::string_view suffix;
    std::string_view content_type;
};
constexpr std::array types{
    Type{"html", "text/html; charset=utf-8"},
    Type{"js", "text/javascript; charset=utf-8"},
    Type{"css", "text/css; charset=utf-8"},
    Type{"svg", "image/svg+xml"},
    Type{"json", "application/json; charset=utf-8"},
    Type{"map", "application/json; charset=utf-8"},
    Type{"txt", "text/plain; charset=utf-8"},
    Type{"webmanifest", "application/manifest+json"},
    Type{"png", "image/png"},
    Type{"jpg", "image/jpeg"},
    Type{"webp", "image/webp"},
    Type{"ico", "image/x-icon"},
    Type{"woff2", "font/woff2"},
    Type{"wasm", "application/wasm"},
};

bool is_text(std::string_view content_type) {
    return content_type.starts_with("text/") || content_type.contains("json") || content_type.contains("svg") ||
           content_type.contains("wasm");
}

/// RFC 1952, without name and time, so that equal bytes give equal bytes.
std::string gzipped(const std::string& text) {
    z_stream stream{};
    constexpr int gzip_window = 15 + 16;
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, 9, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc{};
    std::string packed(deflateBound(&stream, text.size()), '\0');
    std::string input{text};  // zlib's input is not const.
    stream.next_in = static_cast<Bytef*>(static_cast<void*>(input.data()));
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = static_cast<Bytef*>(static_cast<void*>(packed.data()));
    stream.avail_out = static_cast<uInt>(packed.size());
    const int ended = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (ended != Z_STREAM_END) throw std::logic_error{"deflateBound was too small"};
    return packed;
}

/// "main-3f2a9c1b.js": a part of at least eight letters and digits, one of them a digit or a capital, between '-' or '.' and the
/// suffix.
bool has_hash(std::string_view path) {
    if (!path.starts_with("/assets/")) return false;
    const auto name = path.substr(path.rfind('/') + 1);
    const auto stem = name.substr(0, name.find('.'));
    const auto mark = stem.size() > 9 ? stem.rfind('-', stem.size() - 9) : std::string_view::npos;
    if (mark == std::string_view::npos) return false;
    const auto hash = stem.substr(mark + 1);
    return std::ranges::all_of(hash, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; }) &&
           std::ranges::any_of(hash, [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; });
}

/// Weak comparison (RFC 9110 section 13.1.2): W/ is ignored.
bool matches(std::string_view if_none_match, std::string_view etag) {
    for (auto candidate : list_of(if_none_match)) {
        if (candidate == "*") return true;
        if (candidate.starts_with("W/")) candidate.remove_prefix(2);
        if (candidate == etag) return true;
    }
    return false;
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
    const auto suffix = path.substr(path.rfind('.') + 1);
    for (const auto& type : types) {
        if (type.suffix == suffix) return type.content_type;
    }
    return "application/octet-stream";
}

bool accepts_coding(std::string_view accept_encoding, std::string_view wanted) {
    bool any = false;
    for (const auto element : list_of(accept_encoding)) {
        const auto semicolon = element.find(';');
        const auto coding = lower_case(trimmed(element.substr(0, semicolon)));
        bool is_wanted = true;
        if (semicolon != std::string_view::npos) {
            const auto weight = trimmed(element.substr(semicolon + 1));
            is_wanted = weight.find_first_of("123456789") != std::string_view::npos;  // q=0, q=0.0, q=0.000: not wanted.
        }
        if (coding == wanted || (coding == "x-gzip" && wanted == "gzip")) return is_wanted;
        if (coding == "*") any = is_wanted;
    }
    return any;
}

StaticFiles::StaticFiles(const FileTree& tree) {
    constexpr std::string_view brotli_suffix = ".br";
    for (const auto& [path, bytes] : tree) {
        if (path.contains("/.")) continue;
        if (path.ends_with(brotli_suffix) && tree.contains(path.substr(0, path.size() - brotli_suffix.size()))) continue;
        File file{.body = bytes, .content_type = content_type_of(path)};
        const auto hash = crypto::sha256(as_bytes(bytes));
        file.tag = crypto::to_hex(BytesView{hash}.first(16));
        if (is_text(file.content_type) && bytes.size() > 256) {
            file.gzip = gzipped(bytes);
            if (file.gzip.size() > bytes.size() / 10 * 9) file.gzip.clear();
        }
        if (const auto packed = tree.find(path + std::string{brotli_suffix}); packed != tree.end()) file.brotli = packed->second;
        file.cache_control = has_hash(path) ? "public, max-age=31536000, immutable" : "no-cache";
        files_.emplace(path, std::move(file));
    }
}

const StaticFiles::File* StaticFiles::lookup(std::string_view path) const {
    if (const auto found = files_.find(path); found != files_.end()) return &found->second;
    const auto last = path.substr(path.rfind('/') + 1);
    if (!path.starts_with('/') || last.contains('.')) return nullptr;
    const auto page = files_.find("/index.html");
    return page == files_.end() ? nullptr : &page->second;
}

Response StaticFiles::answer(const Request& request) const {
    if (request.method != "GET" && request.method != "HEAD") {
        auto refused = text_response(405, "files can only be read");
        refused.headers.emplace_back("allow", "GET, HEAD");
        return refused;
    }
    const auto* const file = lookup(request.path());
    if (file == nullptr) return text_response(404, "no such file");
    const auto accepted = find(request.headers, "accept-encoding").value_or("");
    const bool is_brotli = !file->brotli.empty() && accepts_coding(accepted, "br");
    const bool is_gzip = !is_brotli && !file->gzip.empty() && accepts_coding(accepted, "gzip");
    const auto etag = '"' + file->tag + (is_brotli ? "-br\"" : is_gzip ? "-gzip\"" : "\"");
    Response response{
        .status = 200,
        .headers = {{"etag", etag}, {"cache-control", std::string{file->cache_control}}, {"vary", "accept-encoding"}},
        .body = {}};
    if (const auto known = find(request.headers, "if-none-match"); known && matches(*known, etag)) {
        response.status = 304;
        return response;
    }
    response.headers.emplace_back("content-type", file->content_type);
    response.headers.emplace_back("x-content-type-options", "nosniff");
    if (is_brotli || is_gzip) response.headers.emplace_back("content-encoding", is_brotli ? "br" : "gzip");
    response.body = is_brotli ? file->brotli : is_gzip ? file->gzip : file->body;
    return response;
}

}  // namespace vivi::http
