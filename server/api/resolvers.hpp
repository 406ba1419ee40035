// Every field of schema.graphql and where its value comes from; one function a noun.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/graphql/engine.hpp"
#include "server/graphql/resolvers.hpp"

namespace vivi::api {

/// All of them. Their context is a Call.
graphql::Resolvers make_resolvers();
/// The engine over schema.graphql with all resolvers and @access enforced; `options.guard` is set here.
Result<std::unique_ptr<graphql::Engine>> make_engine(graphql::Options options = {});

void add_accounts(graphql::Resolvers& resolvers);         ///< me, login, logout
void add_routers(graphql::Resolvers& resolvers);          ///< routers, router
void add_devices(graphql::Resolvers& resolvers);          ///< devices
void add_bans(graphql::Resolvers& resolvers);             ///< setDeviceBanned
void add_traffic(graphql::Resolvers& resolvers);          ///< traffic
void add_device_changes(graphql::Resolvers& resolvers);   ///< deviceChanged
void add_traffic_changes(graphql::Resolvers& resolvers);  ///< trafficChanged
void add_policies(graphql::Resolvers& resolvers);         ///< Router.policy, setPolicy, allowDomain, denyDomain
void add_policy_reports(graphql::Resolvers& resolvers);   ///< Router.policyHits, Router.alarms
void add_explain(graphql::Resolvers& resolvers);          ///< explain
void add_profiles(graphql::Resolvers& resolvers);         ///< Router.profile, loadProfile
void add_imported_lists(graphql::Resolvers& resolvers);   ///< lists, importList
void add_step_up(graphql::Resolvers& resolvers);          ///< stepUp
void add_sessions(graphql::Resolvers& resolvers);         ///< sessions, revokeSession, revokeOtherSessions
void add_invitations(graphql::Resolvers& resolvers);      ///< invitations, inviteMember, resendInvitation, revokeInvitation
void add_second_factor(graphql::Resolvers& resolvers);    ///< secondFactor, beginTotp … disableTotp
void add_acceptances(graphql::Resolvers& resolvers);      ///< invitation, acceptInvitation
void add_new_passwords(graphql::Resolvers& resolvers);    ///< requestPasswordReset, resetPassword, changePassword
void add_events(graphql::Resolvers& resolvers);           ///< events, event, Router.event
void add_event_edits(graphql::Resolvers& resolvers);      ///< createEvent … assignRouter
void add_custody(graphql::Resolvers& resolvers);          ///< claimRouter, renameRouter, returnRouter
void add_router_status(graphql::Resolvers& resolvers);    ///< Router.status
void add_revisions(graphql::Resolvers& resolvers);        ///< Router.revisions, rollBack
void add_contacts(graphql::Resolvers& resolvers);         ///< Router.contact, setContact
void add_alerts(graphql::Resolvers& resolvers);           ///< alerts, acknowledgeAlert
void add_kept_profiles(graphql::Resolvers& resolvers);    ///< profiles, saveProfile … deleteProfile

void add_device_decisions(graphql::Resolvers& resolvers);  ///< renameDevice, setDeviceGroup, setDevicesProtected, Router.groups
void add_leases(graphql::Resolvers& resolvers);            ///< Router.leases, Device.leases
void add_device_domains(graphql::Resolvers& resolvers);    ///< Device.domains
void add_standing(graphql::Resolvers& resolvers);          ///< Device.standing
void add_nodes(graphql::Resolvers& resolvers);             ///< node, nodes
void add_traffic_series(graphql::Resolvers& resolvers);    ///< trafficSeries
void add_traffic_top(graphql::Resolvers& resolvers);       ///< trafficTop
void add_retention(graphql::Resolvers& resolvers);         ///< retention, sharing and their mutations
void add_erasure(graphql::Resolvers& resolvers);           ///< purgeDevice, purgeEvent, purgeReceipts, deviceData
void add_categories(graphql::Resolvers& resolvers);        ///< categories, reviewQueue, decideCategory
void add_services(graphql::Resolvers& resolvers);          ///< services

void add_members(graphql::Resolvers& resolvers);   ///< organisations, organisation, members and what is decided about them
void add_tokens(graphql::Resolvers& resolvers);    ///< apiTokens, createApiToken, revokeApiToken
void add_shows(graphql::Resolvers& resolvers);     ///< show, showLinks, createShowLink, revokeShowLink, openShow
void add_audit(graphql::Resolvers& resolvers);     ///< auditLog, auditExport
void add_returned(graphql::Resolvers& resolvers);  ///< returnedRouters, Staff.returnedRouters
void add_staff(graphql::Resolvers& resolvers);     ///< staff, setStaffRole, revokeRouterKey

}  // namespace vivi::api
