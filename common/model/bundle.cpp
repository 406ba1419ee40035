// The manifest in JSON, the head in bytes, and the rules of taking one.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/bundle.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "common/model/reading.hpp"

namespace vivi::model {
namespace {

constexpr std::string_view magic = "VIVIBDL1", purpose = "vivi-bundle/1";
constexpr std::size_t most_manifest_bytes = 65'536, most_files = 256, most_path = 200;
constexpr std::int64_t most_file_bytes = std::int64_t{512} << 20;
constexpr std::uint32_t most_number = 999'999;

/// One number of a version and the dot behind it; nothing when it is none.
std::optional<std::uint32_t> take_number(std::string_view& rest, bool is_last) {
    std::uint32_t number = 0;
    const auto* const end = rest.data() + rest.size();
    const auto [stopped, error] = std::from_chars(rest.data(), end, number);
    if (error != std::errc{} || number > most_number) return std::nullopt;
    if (rest.front() == '0' && stopped - rest.data() > 1) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(stopped - rest.data()));
    if (is_last) return rest.empty() ? std::optional{number} : std::nullopt;
    if (!rest.starts_with('.')) return std::nullopt;
    rest.remove_prefix(1);
    return number;
}

std::optional<std::string> safe_path(const std::string& text) {
    constexpr std::string_view marks = "._+-/";
    if (text.empty() || text.size() > most_path || text.starts_with('/') || text.ends_with('/')) return std::nullopt;
    const bool is_plain = std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.contains(c);
    });
    for (std::string_view rest{text}; is_plain;) {
        const auto slash = rest.find('/');
        const auto part = rest.substr(0, slash);
        if (part.empty() || part == "." || part == "..") return std::nullopt;
        if (slash == std::string_view::npos) return text;
        rest.remove_prefix(slash + 1);
    }
    return std::nullopt;
}

std::optional<std::string> architecture_name(const std::string& text) {
    const bool is_name = !text.empty() && text.size() <= 20 &&
                         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
    return is_name ? std::optional{text} : std::nullopt;
}

std::optional<crypto::Sha256> digest(const std::string& text) {
    const auto bytes = crypto::from_hex(text);
    crypto::Sha256 value{};
    if (!bytes || bytes->size() != value.size()) return std::nullopt;
    std::ranges::copy(*bytes, value.begin());
    return value;
}

Bytes signed_bytes(BytesView head) {
    Writer out;
    out.put(purpose).put(head);
    return out.take_bytes();
}

}  // namespace

std::optional<Version> parse_version(std::string_view text) {
    const auto major = take_number(text, false);
    const auto minor = major ? take_number(text, false) : std::nullopt;
    const auto patch = minor ? take_number(text, true) : std::nullopt;
    if (!patch) return std::nullopt;
    return Version{.major = *major, .minor = *minor, .patch = *patch};
}

std::string to_string(const Version& version) {
    return std::to_string(version.major) + '.' + std::to_string(version.minor) + '.' + std::to_string(version.patch);
}

std::string serialize(const Manifest& manifest) {
    Json files = Json::array();
    for (const auto& file : manifest.files)
        files.push_back({{"path", file.path},
                         {"executable", file.is_executable},
                         {"size_bytes", file.size_bytes},
                         {"sha256", crypto::to_hex(file.sha256)}});
    return Json{{"v", 1},
                {"version", to_string(manifest.version)},
                {"architecture", manifest.architecture},
                {"minimum_version", to_string(manifest.minimum_version)},
                {"expires_at", to_unix_ms(manifest.expires)},
                {"files", files}}
        .dump();
}

Result<Manifest> parse_manifest(std::string_view text) {
    const auto document = parse_json(text, most_manifest_bytes);
    if (!document) return std::unexpected{document.error()};
    Problems problems;
    Fields in{*document, "", problems};
    if (in.integer("v") != 1) in.problem("v", "must be 1");
    constexpr std::string_view version_rule = "must be three numbers, like 1.2.3";
    Manifest manifest{
        .version = in.parsed<Version>("version", parse_version, version_rule),
        .architecture = in.parsed<std::string>("architecture", architecture_name, "must be small letters and digits"),
        .minimum_version = in.parsed<Version>("minimum_version", parse_version, version_rule),
        .expires = from_unix_ms(in.integer("expires_at"))};
    manifest.files = object_list<BundleFile>(in, "files", problems, [&](Fields& row) {
        return BundleFile{.path = row.parsed<std::string>("path", safe_path, "must be a plain relative path"),
                          .is_executable = row.flag("executable", false),
                          .size_bytes = static_cast<std::uint64_t>(row.integer("size_bytes", 0, most_file_bytes)),
                          .sha256 = row.parsed<crypto::Sha256>("sha256", digest, "must be 64 hexadecimal digits")};
    });
    in.refuse_unknown();
    std::set<std::string_view> paths;
    std::uint64_t bytes = 0;
    for (const auto& file : manifest.files) {
        bytes += file.size_bytes;
        if (!paths.insert(file.path).second) in.problem("files", file.path + " is there twice");
    }
    if (manifest.files.empty() || manifest.files.size() > most_files) in.problem("files", "must be 1 to 256");
    if (bytes > static_cast<std::uint64_t>(most_file_bytes)) in.problem("files", "must be at most 512 MiB together");
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    return manifest;
}

Bytes make_head(const Manifest& manifest, const crypto::SigningKey& key) {
    const auto text = serialize(manifest);
    Writer out;
    out.put(magic).u32(static_cast<std::uint32_t>(text.size())).put(text);
    auto head = out.take_bytes();
    const auto signature = key.sign(signed_bytes(head));
    head.insert(head.end(), signature.begin(), signature.end());
    return head;
}

Result<BundleHead> parse_head(BytesView bytes, std::span<const crypto::PublicKey> keys) {
    Reader in{bytes};
    const auto found = as_text(in.take(magic.size()));
    const std::size_t size = in.u32();
    if (!in.ok() || found != magic || size > most_manifest_bytes) return failed(Code::Invalid, "this is no bundle");
    const auto text = in.take(size);
    BundleHead head{.head_bytes = magic.size() + 4 + size + crypto::Signature{}.size()};
    std::ranges::copy(in.take(head.signature.size()), head.signature.begin());
    if (!in.ok()) return failed(Code::Invalid, "the bundle is cut in its head");
    const auto signed_part = signed_bytes(bytes.first(magic.size() + 4 + size));
    const bool is_ours =
        std::ranges::any_of(keys, [&](const auto& key) { return crypto::verify(key, signed_part, head.signature); });
    if (!is_ours) return failed(Code::Denied, "the bundle is not signed by a release key this router knows, or was changed");
    auto manifest = parse_manifest(as_text(text));
    if (!manifest) return std::unexpected{std::move(manifest).error().in("manifest")};
    head.manifest = *std::move(manifest);
    head.total_bytes = head.head_bytes;
    for (const auto& file : head.manifest.files) head.total_bytes += file.size_bytes;
    return head;
}

Status may_install(const Manifest& manifest, const Installed& installed) {
    const auto version = to_string(manifest.version), current = to_string(installed.version);
    if (manifest.architecture != installed.architecture)
        return failed(Code::Denied, "the bundle is for " + manifest.architecture + ", this is " + installed.architecture);
    if (manifest.version <= installed.version) return failed(Code::Denied, version + " is not newer than " + current);
    if (manifest.minimum_version > installed.version)
        return failed(Code::Denied,
                      version + " can replace " + to_string(manifest.minimum_version) + " or later, this is " + current);
    if (manifest.expires <= installed.now) return failed(Code::Denied, "the bundle of " + version + " is over");
    return {};
}

}  // namespace vivi::model
