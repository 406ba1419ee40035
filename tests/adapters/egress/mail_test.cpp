// Mail over real sockets: encrypted or not at all, tried again when that may help, never in the way of who sends it.
// SPDX-License-Identifier: Apache-2.0
#include "server/egress/mail.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/adapters/smtp_sink.hpp"

namespace vivi::test {
namespace {

using egress::Mail;
using egress::MailSettings;

MailSettings settings_for(const SmtpSink& sink, const std::string& scheme) {
    return {.url = scheme + "://127.0.0.1:" + std::to_string(sink.port()),
            .from = "Vivi <vivi@example.org>",
            .ca_file = sink.certificate(),
            .first_wait = Milliseconds{1}};
}
egress::Letter letter(const std::string& text = "Bonjour à tous\n.\n..\nfin\n") {
    return {.to = "ann@example.org", .subject = "Invitation à l'évènement", .text = text};
}
void await_settled(const Mail& mail) {
    await("the queue to be empty", [&] { return mail.counts().waiting == 0; });
}

TEST(MailTest, ArrivesInThisMachineInTheClear) {
    const SmtpSink sink;
    Mail mail{settings_for(sink, "smtp+plain")};
    ASSERT_TRUE(mail.send(letter()));
    const auto received = sink.wait_for(1);
    EXPECT_EQ(received.from, "vivi@example.org");
    EXPECT_EQ(received.to, "ann@example.org");
    EXPECT_EQ(received.header("To"), "ann@example.org");
    EXPECT_EQ(received.text(), "Bonjour à tous\r\n.\r\n..\r\nfin\r\n");
    EXPECT_FALSE(received.was_encrypted);
    await_settled(mail);
    EXPECT_EQ(mail.counts().sent, 1u);
}

TEST(MailTest, ArrivesEncryptedWithUserAndPassword) {
    for (const auto& [tls, scheme] : {std::pair{SinkTls::StartTls, "smtp"}, std::pair{SinkTls::FromTheStart, "smtps"}}) {
        const SmtpSink sink{{.tls = tls, .user = "vivi", .password = "s3cret pass"}};
        auto settings = settings_for(sink, scheme);
        settings.username = "vivi";
        settings.password = "s3cret pass";
        Mail mail{settings};
        ASSERT_TRUE(mail.send(letter()));
        const auto received = sink.wait_for(1);
        EXPECT_TRUE(received.was_encrypted) << scheme;
        EXPECT_EQ(received.user, "vivi") << scheme;
    }
}

TEST(MailTest, NeverTravelsInTheClearWhenTheServerHasNoTls) {
    const SmtpSink sink{{.tls = SinkTls::None}};
    Mail mail{settings_for(sink, "smtp")};
    ASSERT_TRUE(mail.send(letter()));
    await("a connection", [&] { return sink.connections() >= 1; });
    await_settled(mail);
    EXPECT_EQ(mail.counts().failed, 1u);
    EXPECT_TRUE(sink.mails().empty());
}

TEST(MailTest, IsNotGivenToAServerNobodyVouchesFor) {
    const SmtpSink sink{{.tls = SinkTls::StartTls}};
    auto settings = settings_for(sink, "smtp");
    settings.ca_file.clear();
    Mail mail{settings};
    ASSERT_TRUE(mail.send(letter()));
    await("a connection", [&] { return sink.connections() >= 1; });
    await_settled(mail);
    EXPECT_EQ(mail.counts().failed, 1u);
    EXPECT_TRUE(sink.mails().empty());
}

TEST(MailTest, IsTriedAgainWhenTheServerIsBusy) {
    const SmtpSink sink{{.refuse_first = 2}};
    Mail mail{settings_for(sink, "smtp+plain")};
    ASSERT_TRUE(mail.send(letter()));
    sink.wait_for(1);
    await_settled(mail);
    EXPECT_EQ(mail.counts().sent, 1u);
    EXPECT_EQ(sink.connections(), 3);
}

TEST(MailTest, IsGivenUpAtOnceWhenTheServerSaysNoForGood) {
    const SmtpSink sink{{.refuse_with = "550 5.1.1 no such user"}};
    Mail mail{settings_for(sink, "smtp+plain")};
    ASSERT_TRUE(mail.send(letter()));
    await("a connection", [&] { return sink.connections() >= 1; });
    await_settled(mail);
    EXPECT_EQ(mail.counts().failed, 1u);
    EXPECT_EQ(sink.connections(), 1);
}

TEST(MailTest, IsGivenUpAfterFiveTries) {
    const SmtpSink sink{{.refuse_with = "451 4.3.0 later"}};
    Mail mail{settings_for(sink, "smtp+plain")};
    ASSERT_TRUE(mail.send(letter()));
    await("five tries", [&] { return sink.connections() >= Mail::most_tries; });
    await_settled(mail);
    EXPECT_EQ(mail.counts().failed, 1u);
    EXPECT_EQ(sink.connections(), Mail::most_tries);
}

TEST(MailTest, WaitsInABoundedQueueAndEndsWithAServerThatSaysNothing) {
    const SmtpSink sink{{.is_silent = true}};
    Mail mail{settings_for(sink, "smtp+plain")};
    ASSERT_TRUE(mail.send(letter()));
    await("a connection", [&] { return sink.connections() >= 1; });
    for (std::size_t i = 0; i < Mail::most_waiting; ++i) ASSERT_TRUE(mail.send(letter()));
    EXPECT_EQ(mail.send(letter()).error().code, Code::Overflow);
}

TEST(MailTest, TakesNoProxyFromTheEnvironment) {
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    const SmtpSink sink;
    Mail mail{settings_for(sink, "smtp+plain")};
    ASSERT_TRUE(mail.send(letter()));
    sink.wait_for(1);
    unsetenv("ALL_PROXY");
}

TEST(MailTest, RefusesWrongSettingsAndRecipients) {
    for (const auto* url : {"http://127.0.0.1", "smtp+plain://mail.example.org", "smtp+plain://10.0.0.1", "nonsense",
                            "smtp://u:p@host", "file:///etc/passwd"})
        EXPECT_EQ(egress::check({.url = url, .from = "v@example.org"}).error().code, Code::Invalid) << url;
    EXPECT_FALSE(egress::check({.url = "smtp://mail.example.org", .from = "nobody"}));
    EXPECT_TRUE(egress::check({.url = "smtps://mail.example.org", .from = "Vivi <v@example.org>"}));
    EXPECT_TRUE(egress::check({}));
    Mail none{{}};
    EXPECT_FALSE(none.is_configured());
    EXPECT_EQ(none.send(letter()).error().code, Code::Unavailable);
    const SmtpSink sink;
    Mail mail{settings_for(sink, "smtp+plain")};
    EXPECT_EQ(mail.send({.to = "ann@example.org>\r\nRCPT TO:<eve@example.net"}).error().code, Code::Invalid);
}

}  // namespace
}  // namespace vivi::test
