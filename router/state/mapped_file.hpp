// A file that is read in place and replaced as a whole: what was mapped stays what it was.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"

namespace vivi::state {

/// Replaces `path` by `bytes` as a whole: `path`.new, fsync, rename, fsync of the folder. One writer a path. A reader sees the
/// old file or the new one, also after a power cut. Blocks. Unavailable: with the reason; the old file is untouched unless only
/// the last fsync failed.
Status replace_file(const std::string& path, BytesView bytes);

/// Which file a path leads to: another one after each replace_file(), also with the same bytes.
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    std::int64_t changed_ns = 0;  ///< Inode numbers are used again once nobody has the file mapped.
    bool operator==(const FileIdentity&) const = default;
};
/// NotFound: there is none.
Result<FileIdentity> identify(const std::string& path);

/// The bytes of a file as they were when it was mapped, for as long as this lives. Only for files that nobody writes in place.
class MappedFile {
public:
    /// NotFound: no such file. Invalid: empty. Unavailable: not readable. Blocks shortly.
    static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
    BytesView bytes() const noexcept { return bytes_; }
    const FileIdentity& identity() const noexcept { return identity_; }

    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

private:
    MappedFile(BytesView bytes, FileIdentity identity) noexcept : bytes_{bytes}, identity_{identity} {}
    BytesView bytes_;
    FileIdentity identity_;
};

}  // namespace vivi::state
