// Announcements in JSON.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/announcement.hpp"

#include "common/model/reading.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr std::int64_t most_bundle_bytes = std::int64_t{513} << 20;

std::optional<std::string> digest(const std::string& text) {
    const auto bytes = crypto::from_hex(text);
    return bytes && bytes->size() == 32 ? std::optional{text} : std::nullopt;
}

std::optional<std::string> signature(const std::string& text) {
    const auto bytes = crypto::from_base64url(text);
    return bytes && bytes->size() == 64 ? std::optional{text} : std::nullopt;
}

}  // namespace

Result<Announcement> parse_announcement(std::string_view text) {
    const auto document = model::parse_json(text);
    if (!document) return std::unexpected{document.error()};
    constexpr std::string_view version_rule = "must be three numbers, like 1.2.3";
    model::Fields in{*document, ""};
    Announcement announcement{.version = in.parsed<model::Version>("version", model::parse_version, version_rule),
                              .architecture = in.text("architecture"),
                              .size_bytes = static_cast<std::uint64_t>(in.integer("size_bytes", 1, most_bundle_bytes)),
                              .sha256 = in.parsed<std::string>("sha256", digest, "must be 64 hexadecimal digits"),
                              .signature = in.parsed<std::string>("signature", signature, "must be 64 bytes in base64url"),
                              .command = in.text("command", "")};
    if (const auto minimum = in.text("minimum_version", ""); !minimum.empty())
        announcement.minimum_version = in.parsed<model::Version>("minimum_version", model::parse_version, version_rule);
    in.refuse_unknown();
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    return announcement;
}

std::string serialize(const Announcement& announcement) {
    return model::Json{{"version", model::to_string(announcement.version)},
                       {"minimum_version", announcement.minimum_version ? model::to_string(*announcement.minimum_version) : ""},
                       {"architecture", announcement.architecture},
                       {"size_bytes", announcement.size_bytes},
                       {"sha256", announcement.sha256},
                       {"signature", announcement.signature},
                       {"command", announcement.command}}
        .dump();
}

Status is_announced(const model::BundleHead& head, std::string_view sha256, const Announcement& announcement) {
    const auto& manifest = head.manifest;
    const bool is_same = sha256 == announcement.sha256 && manifest.version == announcement.version &&
                         manifest.minimum_version == announcement.minimum_version.value_or(manifest.minimum_version) &&
                         manifest.architecture == announcement.architecture &&
                         crypto::to_base64url(head.signature) == announcement.signature;
    if (!is_same) return failed(Code::Denied, "the bundle that came is not the one that was announced");
    return {};
}

}  // namespace vivi::openvivi_embedded
