// The texts of the letters.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/letters.hpp"

namespace vivi::api {
namespace {

std::string one_line(std::string_view text) {
    constexpr std::size_t longest = 100;
    std::string line;
    std::size_t characters = 0;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if ((octet & 0xc0) != 0x80 && ++characters > longest) break;
        line += octet < 0x20 || octet == 0x7f ? ' ' : c;
    }
    return line;
}

std::string_view pick(Language language, std::string_view english, std::string_view french) {
    return language == Language::French ? french : english;
}

std::string_view role_words(Language language, db::Role role) {
    switch (role) {
        case db::Role::Owner: return pick(language, "owner", "propriétaire");
        case db::Role::Organiser: return pick(language, "organiser", "organisateur");
        case db::Role::Operator: return pick(language, "operator", "opérateur");
        case db::Role::Viewer: return pick(language, "viewer", "observateur");
    }
    return "";
}

std::string place_of(const db::Invitation& invitation) {
    auto place = one_line(invitation.organisation_name);
    if (!invitation.event_name.empty()) place = one_line(invitation.event_name) + " (" + place + ")";
    return place;
}

/// A greeting, paragraphs, the link on a line of its own, and what to do when one did not ask for it.
std::string body(Language language, std::string_view what, const std::string& link, std::string_view otherwise) {
    std::string text{pick(language, "Hello,\n\n", "Bonjour,\n\n")};
    text.append(what).append("\n\n");
    if (!link.empty()) text.append(link).append("\n\n");
    return text.append(otherwise).append("\n\n-- \nVivi\n");
}

std::string_view ignore_words(Language language) {
    return pick(language, "If you did not expect this, do nothing: nothing happens without you.",
                "Si vous n'attendiez pas ce message, ne faites rien : rien ne se passe sans vous.");
}

}  // namespace

egress::Letter invitation_letter(Language language, const db::Invitation& invitation, const std::string& link) {
    const auto place = place_of(invitation), inviter = one_line(invitation.inviter_name);
    const std::string role{role_words(language, invitation.role)};
    const auto what = language == Language::French
                          ? inviter + " vous invite à rejoindre " + place + " comme " + role +
                                ".\nCe lien est pour vous seul. Il vaut sept jours et ne sert qu'une fois :"
                          : inviter + " invites you to join " + place + " as " + role +
                                ".\nThis link is for you alone. It works once, for seven days:";
    const auto subject = language == Language::French ? "Invitation à rejoindre " + place : "Your invitation to " + place;
    return {.to = invitation.email, .subject = subject, .text = body(language, what, link, ignore_words(language))};
}

egress::Letter proof_letter(Language language, const db::Invitation& invitation, const std::string& link) {
    const auto place = place_of(invitation);
    const auto what = language == Language::French ? "Quelqu'un a ouvert votre invitation à rejoindre " + place +
                                                         ".\nSi c'est vous, ce lien le prouve et termine votre inscription :"
                                                   : "Somebody opened your invitation to " + place +
                                                         ".\nIf it was you, this link proves it and finishes your registration:";
    return {.to = invitation.email,
            .subject = std::string{pick(language, "Confirm your e-mail", "Confirmez votre adresse")},
            .text = body(language, what, link, ignore_words(language))};
}

egress::Letter verification_letter(Language language, const std::string& to, const std::string& link) {
    return {.to = to,
            .subject = std::string{pick(language, "Confirm your e-mail", "Confirmez votre adresse")},
            .text = body(language,
                         pick(language, "This link confirms that this mailbox is yours. It works once, for 24 hours:",
                              "Ce lien confirme que cette adresse est la vôtre. Il vaut 24 heures et ne sert qu'une fois :"),
                         link, ignore_words(language))};
}

egress::Letter reset_letter(Language language, const std::string& to, const std::string& link) {
    return {
        .to = to,
        .subject = std::string{pick(language, "Choose a new password", "Choisissez un nouveau mot de passe")},
        .text = body(language,
                     pick(language, "With this link you choose a new password. It works once, for one hour:",
                          "Avec ce lien, vous choisissez un nouveau mot de passe. Il vaut une heure et ne sert qu'une fois :"),
                     link, ignore_words(language))};
}

egress::Letter change_letter(Language language, const std::string& to, Change change) {
    std::string_view what;
    switch (change) {
        case Change::Password: what = pick(language, "Your password was changed.", "Votre mot de passe a été changé."); break;
        case Change::SecondFactorOn:
            what = pick(language, "Signing in to your account now also asks for a code.",
                        "La connexion à votre compte demande désormais aussi un code.");
            break;
        case Change::SecondFactorOff:
            what = pick(language, "Signing in to your account no longer asks for a code.",
                        "La connexion à votre compte ne demande plus de code.");
            break;
        case Change::NewBrowser:
            what = pick(language, "Somebody signed in to your account with a browser that was never used for it before.",
                        "Quelqu'un s'est connecté à votre compte avec un navigateur qui n'avait jamais servi pour lui.");
            break;
        case Change::Email:
            what = pick(language, "Your account now has another e-mail; this is the last message to this one.",
                        "Votre compte a désormais une autre adresse ; ceci est le dernier message à celle-ci.");
            break;
    }
    return {.to = to,
            .subject = std::string{change == Change::NewBrowser
                                       ? pick(language, "A new sign-in", "Nouvelle connexion")
                                       : pick(language, "Your account was changed", "Votre compte a été modifié")},
            .text = body(
                language, what, {},
                pick(language, "If it was not you: choose a new password at once and tell whoever runs your Vivi.",
                     "Si ce n'était pas vous : choisissez aussitôt un nouveau mot de passe et prévenez qui gère votre Vivi."))};
}

}  // namespace vivi::api
