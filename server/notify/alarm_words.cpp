// The sentences that say what an alarm is, and what is made of them.
// SPDX-License-Identifier: Apache-2.0
#include "server/notify/alarm_words.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace vivi::notify {
namespace {

constexpr std::size_t most_named = 20;
constexpr std::size_t most_in_message = 3;

std::string_view pick(std::string_view language, std::string_view english, std::string_view french) {
    return language == "fr" ? french : english;
}

/// One line, at most 60 characters: what a router or a guest called something cannot pose as our text.
std::string one_line(std::string_view text) {
    std::string line;
    std::size_t characters = 0;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if ((octet & 0xc0) != 0x80 && ++characters > 60) break;
        line += octet < 0x20 || octet == 0x7f ? ' ' : c;
    }
    return line;
}

struct Words {
    std::string_view kind{}, english{}, french{};
};
constexpr Words words[] = {
    {"router.offline", "does not answer", "ne répond plus"},
    {"health.dns", "resolves no names", "ne résout plus les noms"},
    {"health.firewall", "could not put its firewall in force", "n'a pas pu appliquer son pare-feu"},
    {"network.foreign_ra", "sees a foreign IPv6 router in its network", "voit un routeur IPv6 étranger dans son réseau"},
    {"dhcp.rogue", "sees a foreign DHCP server in its network", "voit un serveur DHCP étranger dans son réseau"},
    {"dhcp.conflict", "sees an address that two devices use", "voit une adresse utilisée par deux appareils"},
};

std::string title_of(std::string_view language, const std::vector<db::AlarmNotice>& notices) {
    if (notices.size() == 1) return sentence_of(language, notices.front());
    return std::to_string(notices.size()) + std::string{pick(language, " alarms", " alarmes")};
}

std::string more_than(std::string_view language, std::size_t more) {
    return std::string{pick(language, "and ", "et ")} + std::to_string(more) +
           std::string{pick(language, " more", more == 1 ? " autre" : " autres")};
}

}  // namespace

std::string sentence_of(std::string_view language, const db::AlarmNotice& notice) {
    const auto* const known = std::ranges::find(words, notice.kind, &Words::kind);
    const auto does = known != std::end(words) ? pick(language, known->english, known->french)
                                               : pick(language, "raises an alarm", "signale une alarme");
    auto text = std::string{pick(language, "Router ", "Le routeur ")}.append("\"").append(one_line(notice.router_name));
    text.append("\" ").append(does);
    if (known == std::end(words)) text.append(" (").append(one_line(notice.kind)).append(")");
    if (!notice.subject.empty()) text.append(": ").append(one_line(notice.subject));
    return text;
}

egress::Letter alarm_letter(std::string_view language, const std::string& to, const std::vector<db::AlarmNotice>& notices,
                            const std::string& link) {
    std::string text{pick(language, "Hello,\n\n", "Bonjour,\n\n")};
    const auto named = std::min(notices.size(), most_named);
    for (std::size_t i = 0; i < named; ++i) text.append("- ").append(sentence_of(language, notices[i])).append(".\n");
    if (notices.size() > named) text.append("- ").append(more_than(language, notices.size() - named)).append(".\n");
    text.append("\n");
    if (!link.empty()) text.append(link).append("\n\n");
    text.append(pick(language, "You are told because you asked for it: the settings of your account end it.",
                     "Vous recevez ce message parce que vous l'avez demandé : les réglages de votre compte y mettent fin."));
    return {.to = to, .subject = title_of(language, notices), .text = text.append("\n\n-- \nVivi\n")};
}

std::string alarm_message(std::string_view language, const std::vector<db::AlarmNotice>& notices, const std::string& link) {
    std::string body;
    const auto named = notices.size() == 1 ? 0 : std::min(notices.size(), most_in_message);
    for (std::size_t i = 0; i < named; ++i) body.append(i == 0 ? "" : "\n").append(sentence_of(language, notices[i]));
    if (notices.size() > 1 && notices.size() > named) body.append("\n").append(more_than(language, notices.size() - named));
    const nlohmann::json message{{"v", 1},
                                 {"tag", "alarm-" + std::to_string(notices.front().alarm)},
                                 {"title", title_of(language, notices)},
                                 {"body", body},
                                 {"url", link}};
    return message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace vivi::notify
