// Text forms of bytes and known hashes.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/crypto.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace vivi::crypto {
namespace {

TEST(Crypto, Sha256OfTheStandardsExample) {
    EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
}

TEST(Crypto, HmacOfTheRfcsExample) {
    EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");  // RFC 4231 section 4.3
}

TEST(Crypto, HkdfOfQuicsExample) {
    // RFC 9001 appendix A.1.
    const auto initial = hkdf_extract(*from_hex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), *from_hex("8394c8f03e515708"));
    EXPECT_EQ(to_hex(initial), "7db5df06e7a69e432496adedb00851923595221596ae2ae9fb8115c1e9ed0a44");
    Sha256 client{};
    hkdf_expand_label(initial, "client in", client);
    EXPECT_EQ(to_hex(client), "c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea");
}

Aes128::Key key_of(std::string_view hex) {
    Aes128::Key key{};
    std::ranges::copy(*from_hex(hex), key.begin());
    return key;
}

TEST(Crypto, AesOfTheStandardsExample) {
    Aes128 aes;  // FIPS 197 appendix C.1.
    EXPECT_EQ(to_hex(aes.encrypt(key_of("000102030405060708090a0b0c0d0e0f"), key_of("00112233445566778899aabbccddeeff"))),
              "69c4e0d86a7b0430d8cdb78070b4c55a");
}

TEST(Crypto, GcmOpensWhatFitsItsTagAndNothingElse) {
    // Test case 4 of "The Galois/Counter Mode of Operation (GCM)", McGrew and Viega, 2004, appendix B.
    const auto key = key_of("feffe9928665731c6d6a8f9467308308");
    Aes128::Nonce nonce{};
    std::ranges::copy(*from_hex("cafebabefacedbaddecaf888"), nonce.begin());
    const auto header = *from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const auto sealed = *from_hex(
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
        "5bc94fbc3221a5db94fae95ae7121a47");
    Aes128 aes;
    for (std::size_t changed = 0; changed <= sealed.size(); ++changed) {
        auto copy = sealed;
        if (changed < copy.size()) copy[changed] ^= std::byte{1};
        const auto text = aes.open(key, nonce, header, copy);
        ASSERT_EQ(text.has_value(), changed == sealed.size()) << changed;
        if (text)
            EXPECT_EQ(
                to_hex(*text),
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
                "ba637b39");
    }
    Bytes short_one(15);
    EXPECT_FALSE(aes.open(key, nonce, header, short_one));
}

TEST(Crypto, SignsAsTheRfcsExample) {
    // RFC 8032 section 7.1, TEST 2.
    const auto key = SigningKey::from_seed(*from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->public_key()), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    const auto message = *from_hex("72");
    const auto signature = key->sign(message);
    EXPECT_EQ(
        to_hex(signature),
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d"
        "291612bb0c00");
    EXPECT_TRUE(verify(key->public_key(), message, signature));
    EXPECT_FALSE(verify(key->public_key(), *from_hex("73"), signature));
    EXPECT_FALSE(verify(SigningKey::generate().public_key(), message, signature));
    EXPECT_FALSE(SigningKey::from_seed(*from_hex("00")));
}

TEST(Crypto, PublicKeysHaveATextForm) {
    const auto key = SigningKey::generate();
    const auto text = to_text(key.public_key());
    EXPECT_EQ(text.size(), 51u);
    EXPECT_EQ(parse_public_key(text), key.public_key());
    EXPECT_FALSE(parse_public_key(text + "A"));
    EXPECT_FALSE(parse_public_key(text.substr(1)));
    EXPECT_FALSE(parse_public_key("ed25519:AAAA"));
}

TEST(Crypto, HexAndBase64UrlComeBack) {
    const auto bytes = random_bytes(33);
    EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
    EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
    EXPECT_EQ(to_base64url(as_bytes("\xfb\xff")), "-_8");
    EXPECT_FALSE(from_hex("0"));
    EXPECT_FALSE(from_hex("zz"));
    EXPECT_FALSE(from_base64url("-_8="));
}

TEST(Crypto, NothingHasAllItsForms) {
    EXPECT_EQ(to_hex({}), "");
    EXPECT_EQ(from_hex(""), Bytes{});
    EXPECT_EQ(to_base64url({}), "");
    EXPECT_EQ(from_base64url(""), Bytes{});
    EXPECT_TRUE(random_bytes(0).empty());
    EXPECT_TRUE(equal({}, {}));
}

TEST(Crypto, EqualComparesSizesToo) {
    EXPECT_TRUE(equal(as_bytes("same"), as_bytes("same")));
    EXPECT_FALSE(equal(as_bytes("same"), as_bytes("sama")));
    EXPECT_FALSE(equal(as_bytes("same"), as_bytes("sam")));
}

}  // namespace
}  // namespace vivi::crypto
