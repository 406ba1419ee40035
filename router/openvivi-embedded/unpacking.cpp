// pread, hash, write, fsync.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/unpacking.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>

#include "common/runtime/durable_file.hpp"

namespace vivi::openvivi_embedded {
namespace {

/// Exactly `count` bytes at `offset`, or nothing.
std::optional<std::string> read_at(int file, std::uint64_t offset, std::uint64_t count) {
    std::string bytes(count, '\0');
    std::size_t got = 0;
    while (got < count) {
        const auto n = ::pread(file, bytes.data() + got, count - got, static_cast<off_t>(offset + got));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return std::nullopt;
        got += static_cast<std::size_t>(n);
    }
    return bytes;
}

/// The bytes of a file of the manifest, checked.
Result<std::string> read_entry(int file, std::uint64_t offset, const model::BundleFile& entry) {
    auto bytes = read_at(file, offset, entry.size_bytes);
    if (!bytes || crypto::sha256(as_bytes(*bytes)) != entry.sha256)
        return failed(Code::Denied, entry.path + ": its bytes have not the hash of the manifest");
    return *std::move(bytes);
}

}  // namespace

Status verify_files(int file, const OpenBundle& bundle) {
    auto offset = bundle.head.head_bytes;
    for (const auto& entry : bundle.head.manifest.files) {
        if (const auto bytes = read_entry(file, offset, entry); !bytes) return std::unexpected{bytes.error()};
        offset += entry.size_bytes;
    }
    return {};
}

Result<OpenBundle> open_bundle(int file, std::span<const crypto::PublicKey> keys) {
    struct stat status{};
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return failed(Code::Invalid, "the bundle is no file");
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > (std::uint64_t{513} << 20)) return failed(Code::Overflow, "the bundle is larger than 513 MiB");
    const auto beginning = read_at(file, 0, std::min<std::uint64_t>(size, model::most_head_bytes));
    if (!beginning) return failed(Code::Unavailable, "the bundle cannot be read");
    auto head = model::parse_head(as_bytes(*beginning), keys);
    if (!head) return std::unexpected{std::move(head).error()};
    if (head->total_bytes != size)
        return failed(Code::Denied, "the bundle has " + std::to_string(size) + " bytes, its manifest says " +
                                        std::to_string(head->total_bytes));
    const auto whole = read_at(file, 0, size);
    if (!whole) return failed(Code::Unavailable, "the bundle cannot be read");
    return OpenBundle{.head = *std::move(head), .sha256 = crypto::to_hex(crypto::sha256(as_bytes(*whole)))};
}

Status unpack_files(int file, const OpenBundle& bundle, const std::string& folder) {
    std::set<std::string> folders{folder};
    auto offset = bundle.head.head_bytes;
    for (const auto& entry : bundle.head.manifest.files) {
        const auto bytes = read_entry(file, offset, entry);
        if (!bytes) return std::unexpected{bytes.error()};
        offset += entry.size_bytes;
        const auto path = std::filesystem::path{folder} / entry.path;
        std::error_code error;
        std::filesystem::create_directories(path.parent_path(), error);
        if (error) return failed(Code::Unavailable, path.parent_path().string() + ": " + error.message());
        for (auto parent = path.parent_path(); parent.string().size() > folder.size(); parent = parent.parent_path())
            folders.insert(parent.string());
        if (auto written = replace_text_file(path, *bytes, entry.is_executable ? 0755 : 0644); !written) return written;
    }
    for (const auto& made : folders) {
        if (auto synced = sync_folder(made); !synced) return synced;
    }
    return {};
}

}  // namespace vivi::openvivi_embedded
