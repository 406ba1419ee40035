-- What is known of a router's sync beside its events: what is missing and why, and what of its configuration is not in force.
-- SPDX-License-Identifier: Apache-2.0

-- producer: numbers that never reached the router's outbox. dropped: the outbox was full. lost: this database was set back.
alter table sync_gaps add column kind text not null default 'producer' check (kind in ('producer', 'dropped', 'lost'));
create index on sync_gaps (organisation_id, router_id, id desc);

create table router_sync (
    organisation_id uuid not null references organisations,
    router_id uuid primary key references routers on delete cascade,
    boot_ids text[] not null default '{}',             -- the newest first, at most 8: one that comes back after another is a second router
    is_snapshot_wanted boolean not null default false,
    snapshot_at timestamptz,                           -- when the router last said how everything is
    unenforced jsonb not null default '[]',            -- of the newest report: [{"part","reason"}]
    unenforced_revision bigint not null default 0,
    trial_revision bigint not null default 0,          -- whose networks, uplink or DNS are, or were, on trial
    trial text not null default '' check (trial in ('', 'pending', 'kept', 'confirmed', 'reverted')),
    reverted_revision bigint,                          -- the last whose networks, uplink and DNS were taken back
    reverted_at timestamptz,
    reverted_reason text not null default ''
);

alter table router_sync enable row level security;
alter table router_sync force row level security;
create policy tenant on router_sync using (organisation_id = current_organisation()) with check (organisation_id = current_organisation());
grant select on router_sync to vivi_api;
grant select, insert, update on router_sync to vivi_hub;
