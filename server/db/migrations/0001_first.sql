-- The first schema: who, which routers, what they saw, what was decided. Tenant tables carry organisation_id under row-level security.
-- SPDX-License-Identifier: Apache-2.0
-- Applied as the owner (vivi_owner) by server/db at start; the processes use roles that own nothing and bypass nothing.

do $$ begin
    if not exists (select from pg_roles where rolname = 'vivi_api') then create role vivi_api login; end if;
    if not exists (select from pg_roles where rolname = 'vivi_auth') then create role vivi_auth login; end if;
    if not exists (select from pg_roles where rolname = 'vivi_hub') then create role vivi_hub login; end if;
end $$;

-- The organisation of this transaction, set with set_config('vivi.organisation', …, true); null (no rows) when nobody said.
create function current_organisation() returns uuid language sql stable as
    $$ select nullif(current_setting('vivi.organisation', true), '')::uuid $$;

create table organisations (
    id uuid primary key default gen_random_uuid(),
    name text not null check (length(name) between 1 and 100),
    created_at timestamptz not null default now()
);

create table users (
    id uuid primary key default gen_random_uuid(),
    email text not null unique check (email = lower(email) and position('@' in email) > 1),
    name text not null default '',
    password_hash text not null,  -- PHC string, Argon2id
    is_staff boolean not null default false,
    created_at timestamptz not null default now()
);

create table memberships (
    organisation_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    role text not null check (role in ('owner', 'organiser', 'operator', 'viewer')),
    created_at timestamptz not null default now(),
    primary key (organisation_id, user_id)
);

create table sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users on delete cascade,
    token_hash bytea not null unique,  -- SHA-256 of the cookie's token
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    address inet,
    user_agent text not null default ''
);
create index on sessions (user_id);

create table routers (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid references organisations,  -- null while pending
    name text not null default '',
    fingerprint text not null unique,  -- "SHA256:…" of the Ed25519 public key, as ssh-keygen -l prints it
    state text not null default 'pending' check (state in ('pending', 'accepted', 'revoked')),
    custody_id uuid,
    desired_revision bigint not null default 0,
    applied_revision bigint not null default 0,
    apply_error text not null default '',
    revision bigint not null default 0,        -- rises with every commit that a viewer can see
    software text not null default '',
    boot_id text not null default '',
    hub text not null default '',              -- which hub process holds the session; '' when none
    session bigint not null default 0,         -- fencing: rises with every new session, a replaced one cannot commit
    connected_at timestamptz,
    disconnected_at timestamptz,
    last_seen_at timestamptz,
    created_at timestamptz not null default now()
);
create index on routers (organisation_id);

create table custodies (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    started_at timestamptz not null default now(),
    ended_at timestamptz
);

-- Immutable: one row a decision.
create table configurations (
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    revision bigint not null,
    document jsonb not null,
    created_at timestamptz not null default now(),
    created_by uuid references users,
    primary key (router_id, revision)
);

create table devices (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    mac macaddr not null,
    name text not null default '',       -- given by the organiser
    hostname text not null default '',   -- given by the guest (option 12)
    vendor_class text not null default '',
    address inet,                        -- the current lease's; null when it has none
    lease_expires_at timestamptz,
    first_seen_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    bytes_up bigint not null default 0,
    bytes_down bigint not null default 0,
    rate_up bigint not null default 0,   -- bit/s over the last tick that had it; stale after rate_until
    rate_down bigint not null default 0,
    rate_until timestamptz not null default '-infinity',
    banned boolean not null default false,
    ban_reason text not null default '',
    ban_revision bigint not null default 0,  -- the configuration revision that decided `banned`
    revision bigint not null default 0,      -- of its router, when this row last changed
    unique (router_id, mac)
);
create index on devices (organisation_id, router_id, revision);
create index on devices (organisation_id, router_id, last_seen_at desc, id);

create table leases (
    id bigint generated always as identity primary key,
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    mac macaddr not null,
    address inet not null,
    network text not null,
    hostname text not null default '',
    state text not null check (state in ('granted', 'released', 'expired', 'declined')),
    granted_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    unique (router_id, mac, address, granted_at)
);
create index on leases (organisation_id, router_id, mac);

-- Bytes per 10-second bucket, device, name. Partitions by day, named traffic_YYYYMMDD, made ahead by ensure_traffic_partition.
create table traffic (
    organisation_id uuid not null,
    router_id uuid not null,
    at timestamptz not null,  -- start of the 10 s bucket
    mac macaddr not null,
    name text not null,       -- '' is the unattributed bucket
    source text not null check (source in ('none', 'dns', 'sni', 'quic', 'http')),
    bytes_up bigint not null,
    bytes_down bigint not null,
    packets_up bigint not null,
    packets_down bigint not null,
    primary key (router_id, at, mac, name, source)
) partition by range (at);
create index on traffic (organisation_id, router_id, at);

-- Runs as the owner: the hub may ask for a day, not create tables. A partition carries the policy too and grants nothing.
create function ensure_traffic_partition(day date) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare partition_name text := 'traffic_' || to_char(day, 'YYYYMMDD');
begin
    if day < current_date - 400 or day > current_date + 2 then raise exception 'no partition for %', day; end if;
    if to_regclass(partition_name) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext('vivi.traffic_partition'));
    if to_regclass(partition_name) is not null then return; end if;
    execute format('create table %I partition of traffic for values from (%L) to (%L)', partition_name,
                   day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    execute format('alter table %I enable row level security', partition_name);
    execute format('alter table %I force row level security', partition_name);
    execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', partition_name);
end $$;

-- What is durable of each store of a router. The hub locks the row and moves it in the transaction of the batch.
create table sync_cursors (
    router_id uuid not null references routers on delete cascade,
    epoch text not null,
    sequence bigint not null default 0,
    updated_at timestamptz not null default now(),
    primary key (router_id, epoch)
);

-- Events that cannot be stored never block those behind them.
create table dead_letters (
    id bigint generated always as identity primary key,
    organisation_id uuid,
    router_id uuid not null,
    epoch text not null,
    sequence bigint not null,
    topic text not null,
    body text not null,
    reason text not null,
    at timestamptz not null default now()
);

-- What is known to be missing: a killed producer's last tick, a range lost with a store.
create table sync_gaps (
    id bigint generated always as identity primary key,
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    detail jsonb not null,
    at timestamptz not null default now()
);

-- Append-only: nobody has update or delete on it.
create table audit_log (
    id bigint generated always as identity primary key,
    organisation_id uuid references organisations,
    user_id uuid references users,
    action text not null,
    target text not null,
    detail jsonb not null default '{}',
    address inet,
    at timestamptz not null default now()
);

alter table organisations enable row level security;
alter table organisations force row level security;
create policy tenant on organisations using (id = current_organisation()) with check (id = current_organisation());
create policy auth_reads on organisations for select to vivi_auth using (true);

do $$
declare t text;
begin
    foreach t in array array['memberships', 'routers', 'custodies', 'configurations', 'devices', 'leases', 'traffic', 'dead_letters', 'sync_gaps', 'audit_log'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', t);
    end loop;
end $$;

-- Looked up before an organisation is known: who somebody is, which router a key belongs to. The owner (vivi-admin) accepts a
-- pending router into the organisation it names.
create policy auth_reads on memberships for select to vivi_auth using (true);
create policy auth_writes on audit_log for insert to vivi_auth with check (true);
create policy hub_reads on routers for select to vivi_hub using (true);
create policy hub_sees_pending on routers for insert to vivi_hub with check (state = 'pending' and organisation_id is null);
create policy hub_updates_pending on routers for update to vivi_hub using (organisation_id is null) with check (organisation_id is null);
create policy operator_accepts on routers to current_user using (organisation_id is null) with check (organisation_id = current_organisation());
create policy hub_keeps on dead_letters for insert to vivi_hub with check (true);

grant usage on schema public to vivi_api, vivi_auth, vivi_hub;
grant select, insert, update, delete on sessions to vivi_auth;
grant select, update on users to vivi_auth;
grant select on memberships, organisations to vivi_auth;
grant insert on audit_log to vivi_auth, vivi_api;

grant select on organisations, memberships, routers, custodies, configurations, devices, leases, traffic, sync_gaps, audit_log to vivi_api;
grant update (name, desired_revision, revision) on routers to vivi_api;
grant insert on configurations to vivi_api;
grant update (name, banned, ban_reason, ban_revision, revision) on devices to vivi_api;

grant select, insert on routers to vivi_hub;
grant update (applied_revision, apply_error, revision, software, boot_id, hub, session, connected_at, disconnected_at, last_seen_at) on routers to vivi_hub;
grant select on configurations, custodies to vivi_hub;
grant select, insert, update on devices, leases, traffic, sync_cursors to vivi_hub;
grant insert on dead_letters, sync_gaps to vivi_hub;
grant execute on function ensure_traffic_partition(date), current_organisation() to vivi_hub, vivi_api, vivi_auth;
revoke execute on function ensure_traffic_partition(date) from public;
