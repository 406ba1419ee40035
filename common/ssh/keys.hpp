// Private keys: made, kept in OpenSSH's file format, and turned into their public half.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/core/result.hpp"
#include "common/ssh/public_key.hpp"

struct ssh_key_struct;

namespace vivi::ssh {

/// An Ed25519 private key. Files are what `ssh-keygen -t ed25519 -N ''` writes, and are read by it.
class PrivateKey {
public:
    static Result<PrivateKey> generate();
    /// NotFound when there is no file; Denied when others than its owner may read it; Invalid when it is no such key, or
    /// encrypted.
    static Result<PrivateKey> load(const std::string& path);

    /// Mode 0600, written beside and renamed: after a power cut there is the whole key or none. Conflict when `path` exists.
    Status save(const std::string& path) const;
    const PublicKey& public_key() const noexcept { return public_key_; }

    /// For the files of this folder.
    ssh_key_struct* handle() const noexcept { return handle_.get(); }

private:
    struct Free {
        void operator()(ssh_key_struct* key) const noexcept;
    };
    using Handle = std::unique_ptr<ssh_key_struct, Free>;
    static Result<PrivateKey> from_handle(Handle handle);
    PrivateKey(Handle handle, PublicKey public_key) : handle_{std::move(handle)}, public_key_{std::move(public_key)} {}

    Handle handle_;
    PublicKey public_key_;
};

/// The key of the file; made and saved first when there is none.
Result<PrivateKey> load_or_generate(const std::string& path);
/// parse_public_keys() of a file; an empty one is Invalid.
Result<std::vector<PublicKey>> load_public_keys(const std::string& path);
/// Replaces the file's text by one line, mode 0644: how a program publishes its public key or its fingerprint beside the private
/// one.
Status write_line(const std::string& path, std::string line);

}  // namespace vivi::ssh
