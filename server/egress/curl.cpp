// The start of libcurl, once a process.
// SPDX-License-Identifier: Apache-2.0
#include "server/egress/curl.hpp"

#include <new>

namespace vivi::egress {

Handle make_handle() {
    static const auto started = curl_global_init(CURL_GLOBAL_DEFAULT);
    Handle handle{started == CURLE_OK ? curl_easy_init() : nullptr};
    if (!handle) throw std::bad_alloc{};
    curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(handle.get(), CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(handle.get(), CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle.get(), CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    return handle;
}

void append(TextList& list, const std::string& text) {
    auto* longer = curl_slist_append(list.get(), text.c_str());
    if (longer == nullptr) throw std::bad_alloc{};
    static_cast<void>(list.release());
    list.reset(longer);
}

std::optional<std::string> part_of(const Url& url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return std::nullopt;
    std::string copy{text};
    curl_free(text);
    return copy;
}

Url parse_url(const std::string& text) {
    Url url{curl_url()};
    if (!url) throw std::bad_alloc{};
    if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) url.reset();
    return url;
}

}  // namespace vivi::egress
