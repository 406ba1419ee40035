-- The policy at work: what rules hit, which names were asked for, alarms, imported lists; and how long what is personal is kept.
-- SPDX-License-Identifier: Apache-2.0

-- A rule that decided against something, added up over 5 minutes. Which name a device asked for is personal: such rows go after 24 h.
create table policy_hits (
    id bigint generated always as identity primary key,  -- the place in a list
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    at timestamptz not null,  -- start of the 5-minute bucket
    mac macaddr,              -- null: no device is known at that address, or the firewall counted for all
    name text not null,       -- '' when it was an address
    address text not null,    -- '' when it was a name
    layer text not null,
    rule text not null,
    by text not null,
    hits bigint not null,
    unique nulls not distinct (router_id, at, mac, name, address, layer, rule, by)
);
create index on policy_hits (organisation_id, router_id, at desc, id desc);
create index on policy_hits (at);

-- Names a router was asked for, whoever asked.
create table domains_seen (
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    name text not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    queries bigint not null,
    primary key (router_id, name)
);
create index on domains_seen (organisation_id, router_id, last_seen desc);
create index on domains_seen (last_seen);

-- Who asked, kept for 24 h.
create table device_domains (
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    at timestamptz not null,  -- start of the hour
    mac macaddr not null,
    name text not null,
    queries bigint not null,
    primary key (router_id, at, mac, name)
);
create index on device_domains (organisation_id, router_id, mac, at);
create index on device_domains (at);

create table alarms (
    id bigint generated always as identity primary key,
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    kind text not null,             -- the topic that raised it: network.foreign_ra, dhcp.rogue, dhcp.conflict, health.firewall, health.dns
    subject text not null,          -- what it is about, so that the same again is the same alarm: a MAC, an address, ''
    detail jsonb not null,          -- of the last event
    count bigint not null default 1,
    at timestamptz not null,        -- first heard
    last_at timestamptz not null,
    cleared_at timestamptz          -- null: it is still so
);
create unique index on alarms (router_id, kind, subject) where cleared_at is null;
create index on alarms (organisation_id, router_id, id desc);

-- Imported lists. A policy names the content it means; the text is never changed, a newer one is a row of its own.
create table lists (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations,
    name text not null check (length(name) between 1 and 63),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    format text not null,
    text text not null,
    report jsonb not null,
    created_at timestamptz not null default now(),
    created_by uuid references users,
    unique (organisation_id, name, sha256)
);
create index on lists (organisation_id, sha256);

do $$
declare t text;
begin
    foreach t in array array['policy_hits', 'domains_seen', 'device_domains', 'alarms', 'lists'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', t);
    end loop;
end $$;

-- The owner, who belongs to no organisation, sees exactly the rows that are to go, and can write none.
create policy outlived on policy_hits to current_user
    using (at < now() - case when mac is null then interval '30 days' else interval '24 hours' end) with check (false);
create policy outlived on device_domains to current_user using (at < now() - interval '24 hours') with check (false);
create policy outlived on domains_seen to current_user using (last_seen < now() - interval '30 days') with check (false);
create policy outlived on alarms for select to current_user using (coalesce(cleared_at, last_at) < now() - interval '1 hour');
create policy outlived_end on alarms for update to current_user
    using (cleared_at is null and kind not like 'health.%' and last_at < now() - interval '1 hour') with check (cleared_at is not null);
create policy outlived_go on alarms for delete to current_user using (cleared_at < now() - interval '90 days');

-- Removes what is too old, at most `most` rows of each kind, and says how many of the fullest kind: called again while it is `most`. An
-- alarm that nobody takes back (a foreign router, a conflict) is over when it was not heard for an hour: routers announce themselves every
-- 30 minutes at least (RFC 4861 section 6.2.1). One hub at a time.
create function forget_outlived(most integer) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare gone integer; fullest integer := 0;
begin
    if not pg_try_advisory_xact_lock(hashtext('vivi.forget_outlived')) then return 0; end if;
    delete from policy_hits where id in (select id from policy_hits
        where at < now() - case when mac is null then interval '30 days' else interval '24 hours' end limit most);
    get diagnostics gone = row_count;
    fullest := greatest(fullest, gone);
    delete from device_domains where ctid in (select ctid from device_domains where at < now() - interval '24 hours' limit most);
    get diagnostics gone = row_count;
    fullest := greatest(fullest, gone);
    delete from domains_seen where ctid in (select ctid from domains_seen where last_seen < now() - interval '30 days' limit most);
    get diagnostics gone = row_count;
    fullest := greatest(fullest, gone);
    update alarms set cleared_at = last_at where cleared_at is null and kind not like 'health.%' and last_at < now() - interval '1 hour';
    delete from alarms where cleared_at < now() - interval '90 days';
    return fullest;
end $$;
revoke execute on function forget_outlived(integer) from public;
grant execute on function forget_outlived(integer) to vivi_hub;

-- vivi-admin names a router alone; its organisation is looked up.
create policy operator_finds on routers for select to current_user using (true);

grant select on policy_hits, domains_seen, device_domains, alarms, lists to vivi_api;
grant insert on lists to vivi_api;
grant select, insert, update on policy_hits, domains_seen, device_domains, alarms to vivi_hub;
grant select on lists to vivi_hub;
