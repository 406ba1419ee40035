// Public keys between their text and their bytes.
// SPDX-License-Identifier: Apache-2.0
#include "common/ssh/public_key.hpp"

#include <algorithm>

#include "common/core/crypto.hpp"

namespace vivi::ssh {
namespace {

constexpr std::string_view key_type = "ssh-ed25519";

/// RFC 4648 section 4 without padding, from its URL-safe form.
std::string to_base64(BytesView bytes) {
    auto text = crypto::to_base64url(bytes);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.find_first_of("-_") != std::string_view::npos) return std::nullopt;
    std::string url{text.substr(0, text.find_last_not_of('=') + 1)};
    std::ranges::replace(url, '+', '-');
    std::ranges::replace(url, '/', '_');
    return crypto::from_base64url(url);
}

bool is_ed25519(BytesView blob) {
    Reader in{blob};
    const auto type = in.take(in.u32());
    const auto key = in.take(in.u32());
    return in.ok() && in.done() && as_text(type) == key_type && key.size() == 32;
}

/// The next word of `line`, which loses it.
std::string_view take_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const auto word = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(word.size());
    return word;
}

}  // namespace

Result<PublicKey> parse_public_key(std::string_view line) {
    if (take_word(line) != key_type) return failed(Code::Invalid, "not a public key: a line must begin with ssh-ed25519");
    auto blob = from_base64(take_word(line));
    if (!blob || !is_ed25519(*blob))
        return failed(Code::Invalid, "not a public key: ssh-ed25519 must be followed by its key in base64");
    return PublicKey{*std::move(blob)};
}

Result<std::vector<PublicKey>> parse_public_keys(std::string_view text) {
    std::vector<PublicKey> keys;
    for (int number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto first = line.find_first_not_of(" \t\r");
        if (first == std::string_view::npos || line[first] == '#') continue;
        auto key = parse_public_key(line);
        if (!key) return std::unexpected{std::move(key).error().in("line " + std::to_string(number))};
        keys.push_back(*std::move(key));
    }
    return keys;
}

std::string to_line(const PublicKey& key) {
    auto text = std::string{key_type} + ' ' + to_base64(key.blob);
    const auto digits = text.size() - key_type.size() - 1;
    return text.append((4 - digits % 4) % 4, '=');
}

std::string fingerprint(const PublicKey& key) { return "SHA256:" + to_base64(crypto::sha256(key.blob)); }

}  // namespace vivi::ssh
