-- Devices in pages: what lists are sorted and searched by, groups and protection as the policy has them, bans that end, leases in order.
-- SPDX-License-Identifier: Apache-2.0

-- Both are trusted: the owner of a database may create them (PostgreSQL 15, F.7, F.35).
create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- Kept in agreement with the policy by whoever writes a configuration revision.
alter table devices add column group_name text not null default '';         -- '' when it is in none
alter table devices add column is_protected boolean not null default false;
alter table devices add column banned_at timestamptz;                        -- when the ban that is in force was decided
alter table devices add column banned_until timestamptz;                     -- null: until somebody lifts it
alter table devices add column bytes_total bigint not null generated always as (bytes_up + bytes_down) stored;

-- Both directions of a page are one index: time and id rise together.
drop index devices_organisation_id_router_id_last_seen_at_id_idx;
create index on devices (organisation_id, router_id, last_seen_at, id);
create index on devices (organisation_id, router_id, bytes_total, id);
create index on devices (organisation_id, router_id, banned_at desc, id) where banned;
create index on devices (organisation_id, router_id, banned_until) where banned_until is not null;
create index on devices (organisation_id, router_id, group_name) where group_name <> '';

-- What changes seldom, beside the row that changes with every tick: a trigram index on devices itself would be written four times a second.
create table device_search (
    device_id uuid primary key references devices on delete cascade,
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    name text collate "C" not null,  -- to sort by: the name, else the host name, else the MAC, in lower case
    address inet not null,           -- to sort by: without an address behind all that have one
    first_seen_at timestamptz not null,
    is_randomised boolean not null,  -- the locally administered bit (IEEE 802-2014 section 8.2.2)
    text text collate "C" not null   -- to search in: lower case, the MAC in two notations, a line each
);
create index on device_search (router_id, name, device_id);
create index on device_search (router_id, address, device_id);
create index on device_search (router_id, first_seen_at, device_id);
create index on device_search (router_id, device_id, organisation_id);  -- Counts them by itself.
create index on device_search using gin (router_id, text gin_trgm_ops);

alter table device_search enable row level security;
alter table device_search force row level security;
create policy tenant on device_search using (organisation_id = current_organisation()) with check (organisation_id = current_organisation());
-- The owner copies what devices has, whoever writes there, and reads it for the view below.
create policy copied on device_search to current_user using (true) with check (true);

-- LIKE is not leakproof: under a policy it is no condition of an index (PostgreSQL 15, section 41.5). The view says what the policy says,
-- as an ordinary condition, and is all that anybody is granted. Not with "=": the planner would find it equal to the condition of a
-- policy of a table beside it in a query, and treat it as one.
create view found_devices as select * from device_search where organisation_id is not distinct from current_organisation();
grant select on found_devices to vivi_api;

create function note_device_search() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into device_search (device_id, organisation_id, router_id, name, address, first_seen_at, is_randomised, text)
    values (new.id, new.organisation_id, new.router_id,
            left(lower(coalesce(nullif(new.name, ''), nullif(new.hostname, ''), new.mac::text)), 63),
            coalesce(new.address, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'), new.first_seen_at,
            (new.mac & '02:00:00:00:00:00') <> '00:00:00:00:00:00',
            lower(concat_ws(E'\n', new.name, new.hostname, new.mac::text, replace(new.mac::text, ':', ''), host(new.address), new.vendor_class)))
    on conflict (device_id) do update set name = excluded.name, address = excluded.address, first_seen_at = excluded.first_seen_at,
        text = excluded.text;
    return null;
end $$;
revoke execute on function note_device_search() from public;
create trigger note_search_of_new after insert on devices for each row execute function note_device_search();
create trigger note_search after update on devices for each row
    when ((old.name, old.hostname, old.address, old.vendor_class, old.first_seen_at) is distinct from
          (new.name, new.hostname, new.address, new.vendor_class, new.first_seen_at))
    execute function note_device_search();

-- What is there already, of every organisation: the owner's policy is put aside for one statement.
alter table devices no force row level security;
update devices set banned_at = now() where banned;
insert into device_search (device_id, organisation_id, router_id, name, address, first_seen_at, is_randomised, text)
select id, organisation_id, router_id, left(lower(coalesce(nullif(name, ''), nullif(hostname, ''), mac::text)), 63),
       coalesce(address, 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'), first_seen_at, (mac & '02:00:00:00:00:00') <> '00:00:00:00:00:00',
       lower(concat_ws(E'\n', name, hostname, mac::text, replace(mac::text, ':', ''), host(address), vendor_class))
from devices;
alter table devices force row level security;

grant update (group_name, is_protected, banned_at, banned_until) on devices to vivi_api;

create index on leases (organisation_id, router_id, granted_at, id);
create index on leases (organisation_id, router_id, address);
