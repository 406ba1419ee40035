// Which objects know where they belong.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/access.hpp"
#include "server/api/call.hpp"
#include "server/api/commands.hpp"
#include "server/api/events.hpp"

namespace vivi::api {

Places make_places() {
    Places places;
    places.of<db::Router>("Router", [](const db::Router& router) { return Standing{.place = place_of(router)}; });
    places.of<db::Event>("Event", [](const db::Event& event) { return Standing{.place = place_of(event)}; });
    places.of<db::Membership>("Organisation", [](const db::Membership& membership) {
        return Standing{.place = {.organisation = membership.organisation}, .is_anywhere_within = true};
    });
    places.of<db::Command>("Command", [](const db::Command& command) { return Standing{.place = place_of(command)}; });
    return places;
}

}  // namespace vivi::api
