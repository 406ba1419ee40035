// The words, compared as a whole and as parts of a name of several words.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/sensitive.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace vivi::api {
namespace {

// GDPR article 9 (1), and what the lists that are in use call it: UT1 (adult, dating, sect, sexual_education), Vivi's own,
// Cloudflare's.
constexpr std::array sensitive_words{
    "religion",  "religious", "faith",     "sect",   "sects",     "church",  "health",  "medical",     "medicine", "hospital",
    "abortion",  "hiv",       "addiction", "drugs",  "drug",      "suicide", "mental",  "pornography", "porn",     "adult",
    "sex",       "sexual",    "sexuality", "nudity", "erotic",    "dating",  "lgbt",    "lgbtq",       "gay",      "politics",
    "political", "party",     "union",     "unions", "ethnicity", "ethnic",  "genetic", "genealogy",   "biometric"};

bool is_word(std::string_view word) { return std::ranges::find(sensitive_words, word) != sensitive_words.end(); }

}  // namespace

bool is_sensitive(std::string_view category) {
    std::string word;
    for (const char c : category) {
        const bool is_upper = c >= 'A' && c <= 'Z', is_lower = c >= 'a' && c <= 'z';
        if (is_upper || is_lower) {
            word += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
            continue;
        }
        if (is_word(word)) return true;
        word.clear();
    }
    return is_word(word);
}

}  // namespace vivi::api
