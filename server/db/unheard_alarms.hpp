// Ends alarms that nobody takes back: they are over when they were not heard for a while.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vivi::db {

class Transaction;

/// Of the transaction's organisation. A foreign DHCP server is told of every minute while it answers (router/dhcpd) and is gone
/// after five; a foreign IPv6 router announces itself every 30 minutes at least (RFC 4861 section 6.2.1) and is gone after 35; a
/// conflict is told of once, and is shown for 15. What a router that is away would say is not known: its alarms stay.
/// `router`: of this one only, who has just told of what it kept while it was away; empty: of all.
void end_unheard_alarms(Transaction& transaction, const std::string& router = {});

}  // namespace vivi::db
