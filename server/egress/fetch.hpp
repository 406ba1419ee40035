// One HTTP request to where a stranger said: webhooks, push, lists. What is not public is refused, and so is what is not asked
// for. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"

namespace vivi::egress {

enum class Schemes : std::uint8_t { HttpsOnly, HttpToo };

struct FetchRequest {
    std::string url{};
    std::vector<std::pair<std::string, std::string>> headers{};
    std::optional<std::string> body{};  ///< Set: POST; else GET.
    Schemes schemes = Schemes::HttpsOnly;
    std::size_t most_bytes = 1 << 20;  ///< Of the answer's body.
    Milliseconds timeout{10'000};      ///< Of all of it, looking up the name included.
};
struct FetchResponse {
    int status = 0;
    std::string content_type{};
    std::string body{};
};

/// For tests only: lets requests reach 127.0.0.1, where the test's own server is.
class LoopbackAllowance {
public:
    std::string ca_file{};  ///< PEM that vouches for it.
};

class Fetcher {
public:
    /// `threads` requests at once, as many again waiting.
    explicit Fetcher(std::size_t threads, std::optional<LoopbackAllowance> allowance = {});
    ~Fetcher();
    Fetcher(const Fetcher&) = delete;
    Fetcher& operator=(const Fetcher&) = delete;

    /// Any answer but a redirect. Invalid: no such URL, scheme, user in it, or a header that is none. Denied: the address is not
    /// public, or the answer is a redirect. Overflow: the answer is too long, or too many requests wait. Timeout, Unavailable.
    /// The name is looked up once, and the address that is connected to is the one that was judged: nothing can change in
    /// between.
    Task<Result<FetchResponse>> fetch(FetchRequest request);

private:
    std::optional<LoopbackAllowance> allowance_;
    std::size_t most_;
    std::size_t running_ = 0;  // Of one loop.
    net::thread_pool workers_;
};

}  // namespace vivi::egress
