// A mail's text: addresses, headers that nothing can be smuggled into, encodings.
// SPDX-License-Identifier: Apache-2.0
#include "server/egress/letter.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace vivi::egress {
namespace {

constexpr WallTime a_day{Milliseconds{1'795'623'780'123}};  // 2026-11-25T16:23:00.123Z

std::string render(const std::string& subject, const std::string& text = "Hello\n") {
    const auto message = render_letter({.to = "ann@example.org", .subject = subject, .text = text},
                                       {.name = "Vivi", .address = "vivi@example.org"}, a_day, "abc");
    return message ? *message : message.error().detail;
}
std::vector<std::string> lines_of(const std::string& message) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < message.size();) {
        const auto end = message.find("\r\n", at);
        lines.push_back(message.substr(at, end - at));
        at = end == std::string::npos ? message.size() : end + 2;
    }
    return lines;
}

TEST(Letter, HasTheFieldsOfRfc5322) {
    EXPECT_EQ(render("Your invitation"),
              "Date: Wed, 25 Nov 2026 16:23:00 +0000\r\n"
              "From: Vivi <vivi@example.org>\r\n"
              "To: ann@example.org\r\n"
              "Subject: Your invitation\r\n"
              "Message-ID: <abc@example.org>\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: base64\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "\r\n"
              "SGVsbG8NCg==\r\n");
}

TEST(Letter, EncodesWhatIsNotAscii) {
    EXPECT_NE(render("Évènement").find("Subject: =?UTF-8?B?w4l2w6huZW1lbnQ=?=\r\n"), std::string::npos);
    EXPECT_NE(render("=?UTF-8?B?eA==?=").find("Subject: =?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=\r\n"), std::string::npos)
        << "what looks like an encoded word is shown as it was typed";
}

TEST(Letter, FoldsLongSubjectsBetweenWholeCharacters) {
    std::string subject;
    for (int i = 0; i < 60; ++i) subject += "é";
    std::size_t words = 0;
    for (const auto& line : lines_of(render(subject))) {
        EXPECT_LE(line.size(), 76u) << line;
        const auto word = line.find("=?UTF-8?B?");
        if (word == std::string::npos) continue;
        ++words;
        EXPECT_EQ((line.size() - word - 12) % 4, 0u) << line;
        EXPECT_EQ(line.substr(word + 10, 2), "w6") << "each word begins with a whole é: " << line;
    }
    EXPECT_EQ(words, 4u);
}

TEST(Letter, NothingThatIsTypedBeginsAnotherField) {
    for (const std::string subject :
         {"x\r\nBcc: eve@example.net", "x\nBcc: eve@example.net", "x\r\n\r\nbody", "x\rBcc: e@e.net"}) {
        const auto lines = lines_of(render(subject));
        for (const auto& line : lines) {
            EXPECT_FALSE(line.starts_with("Bcc")) << line;
            EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos) << line;
        }
        EXPECT_EQ(lines[9], "") << "the body begins where it always does";
    }
    const auto named = render_letter({.to = "ann@example.org", .subject = "x", .text = ""},
                                     {.name = "Vivi\r\nBcc: eve@example.net", .address = "vivi@example.org"}, a_day, "abc");
    ASSERT_TRUE(named);
    EXPECT_EQ(named->find("\r\nBcc"), std::string::npos) << *named;
    EXPECT_FALSE(
        render_letter({.to = "ann@example.org>\r\nRCPT TO:<eve@example.net"}, {.address = "v@example.org"}, a_day, "abc"));
}

TEST(Letter, BreaksTheBodyIntoLines) {
    for (const auto& line : lines_of(render("x", std::string(10'000, 'y')))) EXPECT_LE(line.size(), 78u);
}

TEST(MailAddress, IsTheDotAtomForm) {
    for (const auto* good :
         {"ann@example.org", "ann.lee+events@mail.example.org", "o'brien@example.org", "root@localhost", "a@b.c"})
        EXPECT_TRUE(is_mail_address(good)) << good;
    for (const std::string bad : {"", "ann", "@example.org", "ann@", "ann@example", "ann..lee@example.org", ".ann@example.org",
                                  "ann@-example.org", "ann@example..org", "ann lee@example.org", "\"ann\"@example.org",
                                  "ann@[127.0.0.1]", "ann@example.org\n", "a@b@c.org", "ann@exämple.org", "<ann@example.org>"})
        EXPECT_FALSE(is_mail_address(bad)) << bad;
    EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@example.org")) << "RFC 5321 section 4.5.3.1.1";
    EXPECT_FALSE(is_mail_address("a@" + std::string(64, 'a') + ".org")) << "RFC 1035 section 2.3.4";
}

TEST(Sender, MayHaveAName) {
    EXPECT_EQ(parse_sender("Vivi <vivi@example.org>")->name, "Vivi");
    EXPECT_EQ(parse_sender("Vivi <vivi@example.org>")->address, "vivi@example.org");
    EXPECT_EQ(parse_sender("vivi@example.org")->name, "");
    EXPECT_FALSE(parse_sender("Vivi"));
    EXPECT_FALSE(parse_sender("Vivi <>"));
}

}  // namespace
}  // namespace vivi::egress
