// Publishing decisions.
// SPDX-License-Identifier: Apache-2.0
#include "server/live/notices.hpp"

#include "server/live/messages.hpp"

namespace vivi::live {

Task<Status> Notices::decided(Decision decision) {
    std::vector<bus::Message> messages;
    messages.push_back(to_message(Desired{.router = decision.router, .revision = decision.desired_revision}));
    messages.push_back(to_message(Changed{.router = decision.router,
                                          .organisation = decision.organisation,
                                          .revision = decision.revision,
                                          .kinds = {"devices", "status"}}));
    auto sent = co_await publisher_.publish(std::move(messages));
    co_return sent;
}

Task<Status> Notices::commanded(std::string router, std::string organisation) {
    std::vector<bus::Message> messages;
    messages.push_back(to_message(Commanded{.router = router}));
    messages.push_back(to_message(Changed{.router = router, .organisation = organisation, .kinds = {"commands"}}));
    auto sent = co_await publisher_.publish(std::move(messages));
    co_return sent;
}

}  // namespace vivi::live
