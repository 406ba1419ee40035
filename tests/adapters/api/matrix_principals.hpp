// Who everybody is in matrix_test.cpp, and what each may: the table, by hand.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "server/auth/rights.hpp"

namespace vivi::test {

using auth::Right;
using Rights = std::set<Right>;

inline const Rights signed_in{Right::Anyone, Right::SignedIn};
inline const Rights viewer_rights{Right::Anyone, Right::SignedIn, Right::Show, Right::See};
inline const Rights operator_rights{Right::Anyone, Right::SignedIn, Right::Show, Right::See, Right::Operate};
inline const Rights organiser_rights{Right::Anyone,  Right::SignedIn, Right::Show,    Right::See,
                                     Right::Operate, Right::Manage,   Right::Personal};
inline const Rights owner_rights{Right::Anyone,  Right::SignedIn, Right::Show,     Right::See,
                                 Right::Operate, Right::Manage,   Right::Personal, Right::Own};

/// What each holds at the measured event, and what anywhere.
struct Principal {
    std::string name{};
    Rights here{};
    Rights anywhere{};
    enum class Sees : std::uint8_t { All, Fleet, Board, OwnEventOnly, Nothing } sees = Sees::Nothing;
};
inline const std::vector<Principal> principals{
    {"stranger", {Right::Anyone}, {Right::Anyone}},
    {"expired", signed_in, signed_in},
    {"owner_of_another", signed_in, owner_rights},
    {"organiser_of_another_event", signed_in, organiser_rights, Principal::Sees::OwnEventOnly},
    {"support",
     {Right::Anyone, Right::SignedIn, Right::Support},
     {Right::Anyone, Right::SignedIn, Right::Support},
     Principal::Sees::Fleet},
    {"fleet_operator",
     {Right::Anyone, Right::SignedIn, Right::Support, Right::Fleet},
     {Right::Anyone, Right::SignedIn, Right::Support, Right::Fleet},
     Principal::Sees::Fleet},
    {"release",
     {Right::Anyone, Right::SignedIn, Right::Support, Right::Release},
     {Right::Anyone, Right::SignedIn, Right::Support, Right::Release},
     Principal::Sees::Fleet},
    {"admin",
     {Right::Anyone, Right::SignedIn, Right::Support, Right::Fleet, Right::Release, Right::Admin},
     {Right::Anyone, Right::SignedIn, Right::Support, Right::Fleet, Right::Release, Right::Admin},
     Principal::Sees::Fleet},
    {"show_link", {Right::Anyone, Right::Show}, {Right::Anyone, Right::Show}, Principal::Sees::Board},
    {"read_token", viewer_rights, viewer_rights, Principal::Sees::All},
    {"viewer", viewer_rights, viewer_rights, Principal::Sees::All},
    {"operator", operator_rights, operator_rights, Principal::Sees::All},
    {"organiser", organiser_rights, organiser_rights, Principal::Sees::All},
    {"owner", owner_rights, owner_rights, Principal::Sees::All},
};

}  // namespace vivi::test
