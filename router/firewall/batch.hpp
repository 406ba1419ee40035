// Set elements as nf_tables netlink messages in one transaction: all of it or nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/time.hpp"
#include "router/firewall/changes.hpp"
#include "router/firewall/netlink.hpp"

namespace vivi::firewall {

/// Messages between NFNL_MSG_BATCH_BEGIN and _END: the kernel takes all or none. For sets of the table `inet vivi`.
class Batch {
public:
    explicit Batch(Netlink& netlink);

    /// What is there already stays as it is; with a timeout that depends on the kernel (allowed.cpp).
    void add(std::string_view set, std::span<const Element> elements, std::optional<Seconds> timeout = {});
    /// NotFound at commit() when one is not there.
    void remove(std::string_view set, std::span<const Element> elements);

    /// After an error the socket may hold answers that nobody read: open another.
    Status commit();

private:
    void put(std::uint16_t verb, std::string_view set, std::span<const Element> elements, std::optional<Seconds> timeout);
    void put_some(std::uint16_t verb, std::string_view set, std::span<const Element> elements, std::optional<Seconds> timeout);
    template <class Put>
    void put_edge(Put put);

    Netlink& netlink_;
    Bytes bytes_;
    std::size_t last_ = 0;  ///< Where the last message with elements begins: the one that is acknowledged.
    std::uint32_t last_sequence_ = 0;
};

}  // namespace vivi::firewall
