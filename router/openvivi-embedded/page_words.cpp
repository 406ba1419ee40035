// English and French.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/page_words.hpp"

#include <array>

namespace vivi::openvivi_embedded {
namespace {

constexpr PageWords english{
    .language = "en",
    .title = "This router",
    .link = "Connection to the server",
    .online = "Connected",
    .offline = "Not connected",
    .since = "for",
    .why = "Why",
    .claim = "Take this router",
    .claim_hint = "Type this code in the dashboard, or scan it. It changes every half hour.",
    .claim_none = "This router belongs to somebody, or no server has given it a code yet.",
    .pin = "PIN",
    .pin_hint = "It is printed on the box. Without it this page only shows.",
    .enter = "Enter",
    .wrong = "That is not the PIN.",
    .throttled = "Too many attempts. Wait five minutes.",
    .no_pin = "This router has no PIN: it can only be changed by the server.",
    .leave = "Leave",
    .tests = "Tests",
    .test_uplink = "Test the Internet",
    .test_hub = "Dial the server anew",
    .portal = "The venue's sign-in page",
    .portal_hint = "If the venue wants a sign-in, open this from a device of the LAN: passing it once counts for all.",
    .uplink = "Way to the Internet",
    .uplink_hint = "In force at once, kept once the server is reached by it, until the server's own setting is wanted again.",
    .interface = "Interface",
    .vlan = "VLAN (empty: none)",
    .by_dhcp = "Automatic (DHCP)",
    .by_hand = "By hand",
    .address = "Address / length",
    .gateway = "Gateway",
    .keep = "Keep",
    .devices = "One device, now",
    .device_hint = "MAC address",
    .minutes = "Minutes",
    .ban = "Block",
    .allow = "Let in",
    .forget = "As the server says",
    .bypass = "Let everything through",
    .bypass_hint = "For 15 minutes nothing is blocked but banned devices.",
    .bypass_on = "Everything is let through until",
    .bypass_start = "Let everything through for 15 minutes",
    .bypass_end = "End it now",
    .give_back = "Return this router",
    .give_back_hint = "Everything of this event is wiped from it: devices, settings, what was not sent yet. It cannot be undone.",
    .give_back_sure = "Type RETURN to confirm",
    .give_back_now = "Wipe and return",
    .done = "Done.",
    .refused = "Not done:",
    .me = "Your device",
    .me_code = "Its short code, for whoever helps you:",
    .me_free = "Nothing is blocked for your device as such. A site may still be: its page says so.",
    .me_denied = "Your device is blocked on this network",
    .me_rule = "The rule:",
    .me_ask = "Ask the organisers: they can allow it within seconds. Show them your short code and the rule.",
    .me_contact = "Whom to ask:",
    .topology = "How it is wired",
    .wired_inline = "Own interfaces for LAN and uplink",
    .wired_stick = "Two VLANs of one interface",
    .wired_one_armed = "One interface for both (advisory)",
    .on_trial = "On trial: kept once the server is reached by it, else taken back. Left:",
    .taken_back = "Taken back, since neither the server nor the Internet was reached by it:",
    .reset = "Forget what was decided here",
    .reset_hint = "Uplink, LAN, devices and the open period are again as the server says. Nothing else is lost.",
    .ports = "Which socket is what",
    .ports_hint =
        "In force at once. Then come back to this page and keep it: otherwise the LAN and the uplink of before come back by "
        "themselves.",
    .lan_ports = "LAN (several are joined in a bridge)",
    .lan_on_trial = "On trial: does this page still answer where the guests are? Then keep it. Left:",
    .lan_keep = "Keep this LAN"};

constexpr PageWords french{
    .language = "fr",
    .title = "Ce routeur",
    .link = "Connexion au serveur",
    .online = "Connecté",
    .offline = "Non connecté",
    .since = "depuis",
    .why = "Pourquoi",
    .claim = "Prendre ce routeur",
    .claim_hint = "Tapez ce code dans le tableau de bord, ou scannez-le. Il change toutes les demi-heures.",
    .claim_none = "Ce routeur appartient à quelqu’un, ou aucun serveur ne lui a encore donné de code.",
    .pin = "Code PIN",
    .pin_hint = "Il est imprimé sur le boîtier. Sans lui, cette page ne fait que montrer.",
    .enter = "Entrer",
    .wrong = "Ce n’est pas le code PIN.",
    .throttled = "Trop d’essais. Attendez cinq minutes.",
    .no_pin = "Ce routeur n’a pas de code PIN : seul le serveur peut le modifier.",
    .leave = "Quitter",
    .tests = "Essais",
    .test_uplink = "Tester Internet",
    .test_hub = "Rappeler le serveur",
    .portal = "Le portail du lieu",
    .portal_hint = "Si le lieu demande une connexion, ouvrez ceci depuis un appareil du réseau : une seule fois vaut pour tous.",
    .uplink = "Accès à Internet",
    .uplink_hint =
        "En vigueur aussitôt, gardé une fois le serveur joint par là, jusqu’à ce que l’on revienne au réglage du serveur.",
    .interface = "Interface",
    .vlan = "VLAN (vide : aucun)",
    .by_dhcp = "Automatique (DHCP)",
    .by_hand = "À la main",
    .address = "Adresse / longueur",
    .gateway = "Passerelle",
    .keep = "Garder",
    .devices = "Un appareil, tout de suite",
    .device_hint = "Adresse MAC",
    .minutes = "Minutes",
    .ban = "Bloquer",
    .allow = "Laisser entrer",
    .forget = "Comme dit le serveur",
    .bypass = "Tout laisser passer",
    .bypass_hint = "Pendant 15 minutes rien n’est bloqué, sauf les appareils bannis.",
    .bypass_on = "Tout passe jusqu’à",
    .bypass_start = "Tout laisser passer 15 minutes",
    .bypass_end = "Arrêter maintenant",
    .give_back = "Rendre ce routeur",
    .give_back_hint =
        "Tout ce qui est de cet évènement y est effacé : appareils, réglages, ce qui n’est pas encore envoyé. C’est définitif.",
    .give_back_sure = "Tapez RETURN pour confirmer",
    .give_back_now = "Effacer et rendre",
    .done = "C’est fait.",
    .refused = "Refusé :",
    .me = "Votre appareil",
    .me_code = "Son code court, pour qui vous aide :",
    .me_free = "Rien n’est bloqué pour votre appareil lui-même. Un site peut l’être : sa page le dit.",
    .me_denied = "Votre appareil est bloqué sur ce réseau",
    .me_rule = "La règle :",
    .me_ask =
        "Demandez aux organisateurs : ils peuvent l’autoriser en quelques secondes. Montrez-leur le code court et la règle.",
    .me_contact = "À qui demander :",
    .topology = "Comment il est câblé",
    .wired_inline = "Une interface pour le réseau, une pour Internet",
    .wired_stick = "Deux VLAN d’une même interface",
    .wired_one_armed = "Une seule interface pour tout (indicatif)",
    .on_trial = "À l’essai : gardé si le serveur est joint par là, sinon retiré. Reste :",
    .taken_back = "Retiré, car ni le serveur ni Internet n’a été joint par là :",
    .reset = "Oublier ce qui a été décidé ici",
    .reset_hint =
        "Accès à Internet, réseau, appareils et période ouverte redeviennent ceux du serveur. Rien d’autre n’est perdu.",
    .ports = "Quelle prise sert à quoi",
    .ports_hint =
        "En vigueur aussitôt. Revenez ensuite sur cette page et gardez-le : sinon le réseau et l’accès d’avant reviennent "
        "d’eux-mêmes.",
    .lan_ports = "Réseau des invités (plusieurs sont réunies en un pont)",
    .lan_on_trial = "À l’essai : cette page répond-elle encore du côté des invités ? Alors gardez-le. Reste :",
    .lan_keep = "Garder ce réseau"};

struct Reason {
    std::string_view sign, english, french;
};
// What the system, the resolver and the tunnel say (connect(2), getaddrinfo(3), common/ssh), and what a person can do about it.
constexpr std::array reasons{
    Reason{"Host not found",
           "The server's name is not found: there is no Internet yet, or its DNS does not work. Look at the cable and the way to "
           "the Internet.",
           "Le nom du serveur est introuvable : pas encore d’Internet, ou son DNS ne marche pas. Regardez le câble et l’accès à "
           "Internet."},
    Reason{"Network is unreachable", "There is no way to the Internet: no cable, or no address from the venue.",
           "Aucun chemin vers Internet : pas de câble, ou pas d’adresse du lieu."},
    Reason{"No route to host", "The venue's router does not answer.", "Le routeur du lieu ne répond pas."},
    Reason{"Connection refused", "The server's machine answers, the server does not: it may be restarting.",
           "La machine du serveur répond, le serveur non : il redémarre peut-être."},
    Reason{"no connection within", "Nobody answers: the venue may block this way out, or wait for its sign-in page.",
           "Personne ne répond : le lieu bloque peut-être cette sortie, ou attend son portail."},
    Reason{"timed out", "Nobody answers: the venue may block this way out, or wait for its sign-in page.",
           "Personne ne répond : le lieu bloque peut-être cette sortie, ou attend son portail."},
    Reason{"key", "Who answers is not the server this router knows. Somebody may be in between; tell whoever runs the server.",
           "Celui qui répond n’est pas le serveur que ce routeur connaît. Quelqu’un s’interpose peut-être ; dites-le à qui tient "
           "le serveur."},
    Reason{"silent", "The connection died without a word: the venue's network, most often.",
           "La connexion est morte sans un mot : le plus souvent, le réseau du lieu."}};

}  // namespace

const PageWords& page_words(const http::Request& request) {
    const auto languages = http::find(request.headers, "accept-language").value_or("");
    return languages.starts_with("fr") || languages.starts_with("FR") ? french : english;
}

std::string why_offline_in_words(std::string_view reason, const PageWords& words) {
    for (const auto& known : reasons) {
        if (reason.contains(known.sign)) return std::string{words.language == "fr" ? known.french : known.english};
    }
    return std::string{reason};
}

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            case '\'': safe += "&#39;"; break;
            default: safe += c;
        }
    }
    return safe;
}

}  // namespace vivi::openvivi_embedded
