// libssh's keys, and the files they live in.
// SPDX-License-Identifier: Apache-2.0
#include "common/ssh/keys.hpp"

#include <fcntl.h>
#include <libssh/libssh.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace vivi::ssh {
namespace {

std::string with_errno(const std::string& path, const char* what) { return path + ": " + what + ": " + std::strerror(errno); }

/// Written beside, synchronised, renamed, and the folder synchronised: whole or not at all.
Status write_file(const std::string& path, std::string_view text, mode_t mode) {
    const auto temporary = path + ".new";
    ::unlink(temporary.c_str());
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return failed(Code::Denied,
                      with_errno(path, "cannot be written (does its folder exist, and may this user write there?)"));
    const bool written =
        ::fchmod(fd, mode) == 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    ::close(fd);
    if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) {
        auto error = failed(Code::Internal, with_errno(path, "cannot be written"));
        ::unlink(temporary.c_str());
        return error;
    }
    const auto slash = path.rfind('/');
    const auto folder = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
    if (const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); directory >= 0) {
        ::fsync(directory);
        ::close(directory);
    }
    return {};
}

}  // namespace

void PrivateKey::Free::operator()(ssh_key_struct* key) const noexcept { ssh_key_free(key); }

Result<PrivateKey> PrivateKey::from_handle(Handle handle) {
    char* base64 = nullptr;
    if (ssh_pki_export_pubkey_base64(handle.get(), &base64) != SSH_OK)
        return failed(Code::Internal, "the public half of a key cannot be made");
    const auto line = std::string{ssh_key_type_to_char(ssh_key_type(handle.get()))} + ' ' + base64;
    ssh_string_free_char(base64);
    auto public_key = parse_public_key(line);
    if (!public_key) return std::unexpected{std::move(public_key).error()};
    return PrivateKey{std::move(handle), *std::move(public_key)};
}

Result<PrivateKey> PrivateKey::generate() {
    ssh_key key = nullptr;
    if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK) return failed(Code::Internal, "a key cannot be made");
    return from_handle(Handle{key});
}

Result<PrivateKey> PrivateKey::load(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return failed(errno == ENOENT ? Code::NotFound : Code::Denied, with_errno(path, "cannot be read"));
    if ((status.st_mode & 077) != 0) return failed(Code::Denied, path + ": others may read this private key; chmod 600 it");
    ssh_key key = nullptr;
    // The empty passphrase keeps libssh from asking for one on the terminal.
    if (ssh_pki_import_privkey_file(path.c_str(), "", nullptr, nullptr, &key) != SSH_OK)
        return failed(Code::Invalid,
                      path +
                          ": is not a readable private key without passphrase (make one with: ssh-keygen -t ed25519 -N '' -f " +
                          path + ")");
    auto loaded = from_handle(Handle{key});
    if (!loaded) return std::unexpected{std::move(loaded).error().in(path)};
    return loaded;
}

Status PrivateKey::save(const std::string& path) const {
    if (::access(path.c_str(), F_OK) == 0) return failed(Code::Conflict, path + ": exists; a key is never overwritten");
    char* text = nullptr;
    if (ssh_pki_export_privkey_base64(handle_.get(), nullptr, nullptr, nullptr, &text) != SSH_OK)
        return failed(Code::Internal, path + ": the key cannot be exported");
    auto saved = write_file(path, text, 0600);
    explicit_bzero(text, std::strlen(text));
    ssh_string_free_char(text);
    return saved;
}

Result<PrivateKey> load_or_generate(const std::string& path) {
    auto key = PrivateKey::load(path);
    if (key || key.error().code != Code::NotFound) return key;
    key = PrivateKey::generate();
    if (!key) return key;
    if (auto saved = key->save(path); !saved) return std::unexpected{std::move(saved).error()};
    return key;
}

Result<std::vector<PublicKey>> load_public_keys(const std::string& path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return failed(Code::NotFound, with_errno(path, "cannot be read"));
    auto keys = parse_public_keys(text.str());
    if (!keys) return std::unexpected{std::move(keys).error().in(path)};
    if (keys->empty())
        return failed(Code::Invalid, path + ": holds no key; put the hub's public key line there (its host key file with .pub)");
    return keys;
}

Status write_line(const std::string& path, std::string line) {
    line += '\n';
    return write_file(path, line, 0644);
}

}  // namespace vivi::ssh
