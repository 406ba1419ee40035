// Reading a bundle's file: its signed head first, then each file against its hash, to a folder where nothing of it is named yet.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "common/model/bundle.hpp"

namespace vivi::openvivi_embedded {

struct OpenBundle {
    model::BundleHead head{};
    std::string sha256{};  ///< Of the whole file, hexadecimal; only to name it.
};

/// Reads the head and checks its signature and the file's length. Blocks.
Result<OpenBundle> open_bundle(int file, std::span<const crypto::PublicKey> keys);

/// Denied at the first file that has not its hash; nothing is written. Blocks.
Status verify_files(int file, const OpenBundle& bundle);

/// Every file into `folder`, which is made; each is read once, and what is written are the bytes that were hashed. All of it is
/// synced when it returns. Denied at the first that has not its hash. Blocks.
Status unpack_files(int file, const OpenBundle& bundle, const std::string& folder);

}  // namespace vivi::openvivi_embedded
