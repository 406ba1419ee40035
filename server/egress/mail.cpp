// The thread that sends, and when it tries again.
// SPDX-License-Identifier: Apache-2.0
#include "server/egress/mail.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "common/core/crypto.hpp"
#include "common/core/net.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/egress/curl.hpp"

namespace vivi::egress {
namespace {

constexpr std::string_view plain_scheme = "smtp+plain";

/// Where and how, in libcurl's terms.
struct Server {
    std::string url{};
    bool has_tls = true;
};

bool is_this_machine(const std::string& host) {
    const auto address = parse_ipv4(host);
    return host == "localhost" || host == "[::1]" || (address && (address->value >> 24) == 127);
}

Result<Server> parse_server(const MailSettings& settings) {
    const auto url = parse_url(settings.url);
    if (!url) return failed(Code::Invalid, "mail.url: not a URL like smtp://mail.example.org:587");
    const auto scheme = part_of(url, CURLUPART_SCHEME).value_or("");
    const auto host = part_of(url, CURLUPART_HOST).value_or("");
    if (scheme != "smtp" && scheme != "smtps" && scheme != plain_scheme)
        return failed(Code::Invalid, "mail.url: begins with smtp://, smtps:// or smtp+plain://");
    if (part_of(url, CURLUPART_USER) || part_of(url, CURLUPART_PASSWORD))
        return failed(Code::Invalid, "mail.url: user and password have settings of their own");
    if (scheme == plain_scheme && !is_this_machine(host))
        return failed(Code::Invalid, "mail.url: smtp+plain:// only to this machine; mail must not travel in the clear");
    const std::string_view fallback = scheme == "smtps" ? "465" : scheme == "smtp" ? "587" : "25";
    const auto sender = parse_sender(settings.from);
    if (!sender) return std::unexpected{Error{sender.error()}.in("mail.from")};
    const auto domain = sender->address.substr(sender->address.find('@') + 1);  // Said in EHLO (RFC 5321 section 4.1.1.1).
    return Server{.url = std::string{scheme == "smtps" ? "smtps" : "smtp"} + "://" + host + ":" +
                         part_of(url, CURLUPART_PORT).value_or(std::string{fallback}) + "/" + domain,
                  .has_tls = scheme != plain_scheme};
}

struct Waiting {
    Letter letter{};
    int tries = 0;
    Instant due{};
};

struct Upload {
    std::string_view rest{};
};
std::size_t read_upload(char* to, std::size_t size, std::size_t count, void* data) {
    auto& upload = *static_cast<Upload*>(data);
    const auto taken = std::min(size * count, upload.rest.size());
    upload.rest.copy(to, taken);
    upload.rest.remove_prefix(taken);
    return taken;
}

/// Trying again may help: the server is away, or said 4xx (RFC 5321 section 4.2.1).
bool is_passing(CURLcode code, long response) {
    return response < 500 && code != CURLE_LOGIN_DENIED && code != CURLE_PEER_FAILED_VERIFICATION &&
           code != CURLE_USE_SSL_FAILED && code != CURLE_SSL_CACERT_BADFILE;
}

}  // namespace

struct Mail::Impl {
    explicit Impl(MailSettings given) : settings{std::move(given)} {
        if (settings.url.empty()) return;
        const auto parsed = parse_server(settings);
        if (!parsed) return;  // check() said so.
        server = *parsed;
        sender = *parse_sender(settings.from);
        thread = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
    }

    void run(const std::stop_token& stop) {
        for (;;) {
            std::unique_lock lock{mutex};
            changed.wait(lock, stop, [this] { return !queue.empty(); });
            if (stop.stop_requested()) return;
            const auto next = std::ranges::min_element(queue, {}, &Waiting::due);
            if (const auto due = next->due; due > now()) {
                const auto known = queue.size();
                changed.wait_until(lock, stop, due, [&] { return queue.size() != known; });
                continue;
            }
            auto waiting = std::move(*next);
            queue.erase(next);
            ++in_hand;
            lock.unlock();
            const auto sent = deliver(waiting.letter, stop);
            lock.lock();
            --in_hand;
            settle(std::move(waiting), sent, stop);
        }
    }

    /// Overflow never; Unavailable: worth another try; Denied: not.
    Status deliver(const Letter& letter, const std::stop_token& stop) const {
        const auto message = render_letter(letter, sender, wall_now(), crypto::random_id());
        if (!message) return std::unexpected{message.error()};
        auto handle = make_handle();
        auto* curl = handle.get();
        TextList recipients;
        append(recipients, "<" + letter.to + ">");
        Upload upload{*message};
        std::string reason(CURL_ERROR_SIZE, '\0');
        prepare(curl);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
        curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
        using Progress = int (*)(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
        const Progress progress = [](void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
            return static_cast<const std::stop_token*>(data)->stop_requested() ? 1 : 0;
        };
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
        const auto code = curl_easy_perform(curl);
        if (code == CURLE_OK) return {};
        long response = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response);
        std::string detail = reason.c_str();
        if (detail.empty()) detail = curl_easy_strerror(code);
        return failed(is_passing(code, response) ? Code::Unavailable : Code::Denied, std::move(detail));
    }

    void prepare(CURL* curl) const {
        curl_easy_setopt(curl, CURLOPT_URL, server.url.c_str());
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(server.has_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        const auto from = "<" + sender.address + ">";
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());  // libcurl keeps its own copy.
        if (!settings.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
        if (settings.username.empty()) return;
        curl_easy_setopt(curl, CURLOPT_USERNAME, settings.username.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, settings.password.c_str());
    }

    /// Under the lock.
    void settle(Waiting waiting, const Status& outcome, const std::stop_token& stop) {
        if (outcome) {
            ++counts.sent;
            log::info("mail.sent", {{"tries", waiting.tries + 1}});
            return;
        }
        if (stop.stop_requested()) return;
        ++waiting.tries;
        if (outcome.error().code == Code::Unavailable && waiting.tries < most_tries) {
            auto wait = settings.first_wait;
            for (int i = 1; i < waiting.tries; ++i) wait *= 5;
            log::warn("mail.retried", {{"reason", outcome.error().detail}, {"retry_in_ms", wait.count()}});
            waiting.due = now() + wait;
            queue.push_back(std::move(waiting));
            return;
        }
        ++counts.failed;
        log::error("mail.failed", {{"reason", outcome.error().detail}, {"tries", waiting.tries}});
    }

    const MailSettings settings;
    Server server{};
    Sender sender{};
    mutable std::mutex mutex;
    std::condition_variable_any changed;
    std::deque<Waiting> queue;
    std::size_t in_hand = 0;
    MailCounts counts{};
    std::jthread thread;  // The last member: it ends before what it uses.
};

Status check(const MailSettings& settings) {
    if (settings.url.empty()) return {};
    if (auto server = parse_server(settings); !server) return std::unexpected{std::move(server).error()};
    return {};
}

Mail::Mail(MailSettings settings) : impl_{std::make_unique<Impl>(std::move(settings))} {}
Mail::~Mail() = default;

bool Mail::is_configured() const noexcept { return impl_->thread.joinable(); }

Status Mail::send(Letter letter) {
    if (!is_configured()) return failed(Code::Unavailable, "no mail server is configured (mail.url)");
    if (!is_mail_address(letter.to)) return failed(Code::Invalid, "the recipient is no mail address");
    {
        const std::lock_guard lock{impl_->mutex};
        if (impl_->queue.size() >= most_waiting) return failed(Code::Overflow, "too many mails wait to be sent");
        impl_->queue.push_back({.letter = std::move(letter)});
    }
    impl_->changed.notify_one();
    return {};
}

MailCounts Mail::counts() const {
    const std::lock_guard lock{impl_->mutex};
    auto counts = impl_->counts;
    counts.waiting = impl_->queue.size() + impl_->in_hand;
    return counts;
}

}  // namespace vivi::egress
