// libcurl's handles as values that end themselves, and what every use of it has in common. Only for the .cpp files of this
// folder. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

namespace vivi::egress {

struct EndHandle {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, EndHandle>;
using Url = std::unique_ptr<CURLU, EndHandle>;
using TextList = std::unique_ptr<curl_slist, EndHandle>;

/// A fresh handle: no signals, no proxy whatever the environment says, no .netrc, no redirects. Throws std::bad_alloc.
Handle make_handle();
void append(TextList& list, const std::string& text);
/// A part of a URL (CURLUPART_HOST, …), when it has it.
std::optional<std::string> part_of(const Url& url, CURLUPart part);
/// Nothing when the text is no absolute URL.
Url parse_url(const std::string& text);

}  // namespace vivi::egress
