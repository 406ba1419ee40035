// OpenSSL's HMAC-SHA-1, and the rest of two RFCs.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/totp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "common/core/crypto.hpp"

namespace vivi::auth {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4226 section 5.3: 31 bits from the place that the last four bits name.
std::uint32_t truncated(const std::array<unsigned char, 20>& digest) {
    const auto offset = static_cast<std::size_t>(digest[19] & 0x0f);
    return (static_cast<std::uint32_t>(digest[offset] & 0x7f) << 24) | (static_cast<std::uint32_t>(digest[offset + 1]) << 16) |
           (static_cast<std::uint32_t>(digest[offset + 2]) << 8) | digest[offset + 3];
}

std::string escaped(std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        const bool is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                                   c == '.' || c == '_' || c == '~';  // RFC 3986 section 2.3
        if (is_unreserved)
            out += c;
        else
            out.append("%").append(1, digits[octet >> 4]).append(1, digits[octet & 0x0f]);
    }
    return out;
}

}  // namespace

std::int64_t totp_step_at(WallTime at) noexcept {
    return std::chrono::floor<Seconds>(at.time_since_epoch()).count() / totp_step.count();
}

std::string totp_code(BytesView secret, std::int64_t step, std::size_t digits) {
    std::array<unsigned char, 8> counter{};
    for (std::size_t i = 0; i < counter.size(); ++i)
        counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
    std::array<unsigned char, 20> digest{};
    unsigned int size = digest.size();
    HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), digest.data(), &size);
    auto code = std::to_string(truncated(digest));
    code.insert(0, digits > code.size() ? digits - code.size() : 0, '0');
    return code.substr(code.size() - digits);
}

std::optional<std::int64_t> match_totp(BytesView secret, std::string_view code, WallTime at, std::int64_t last_used) {
    std::optional<std::int64_t> matched;
    const auto now = totp_step_at(at);
    for (const auto step : {now - 1, now, now + 1}) {
        const auto expected = totp_code(secret, step);
        if (crypto::equal(as_bytes(expected), as_bytes(code)) && step > last_used) matched = step;
    }
    return matched;
}

std::string to_base32(BytesView bytes) {
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const auto byte : bytes) {
        bits = (bits << 8) | std::to_integer<std::uint32_t>(byte);
        for (count += 8; count >= 5; count -= 5) text += alphabet[(bits >> (count - 5)) & 0x1f];
    }
    if (count > 0) text += alphabet[(bits << (5 - count)) & 0x1f];
    return text;
}

std::string totp_uri(BytesView secret, std::string_view email) {
    return "otpauth://totp/Vivi:" + escaped(email) + "?secret=" + to_base32(secret) +
           "&issuer=Vivi&algorithm=SHA1&digits=6&period=30";
}

}  // namespace vivi::auth
