-- Traffic over time: totals, roll-ups of 5 minutes and 1 hour, how long each is kept; erasure with receipts; categories of domains.
-- SPDX-License-Identifier: Apache-2.0

-- Which domain a device visits is personal and lives for 24 h: `traffic` gets partitions of an hour, so that an hour goes at once. A
-- partition of a whole day that an older version made stays until it is outlived.
create function make_traffic_partition(parent text, partition_name text, starts timestamptz, ends timestamptz) returns void
    language plpgsql set search_path = public, pg_temp as $$
begin
    if to_regclass(partition_name) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext('vivi.traffic_partition'));
    if to_regclass(partition_name) is not null then return; end if;
    execute format('create table %I partition of %I for values from (%L) to (%L)', partition_name, parent, starts, ends);
    execute format('alter table %I enable row level security', partition_name);
    execute format('alter table %I force row level security', partition_name);
    execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', partition_name);
end $$;
revoke execute on function make_traffic_partition(text, text, timestamptz, timestamptz) from public;

-- Runs as the owner: the hub may ask for the place of an instant, not create tables. Traffic comes at most 48 h late.
create function ensure_traffic_hour(at timestamptz) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare starts timestamptz := date_trunc('hour', at, 'UTC'); utc timestamp := starts at time zone 'UTC';
begin
    if at is null or at < now() - interval '50 hours' or at > now() + interval '3 days' then raise exception 'no partition for %', at; end if;
    if to_regclass('traffic_' || to_char(utc, 'YYYYMMDD')) is null then
        perform make_traffic_partition('traffic', 'traffic_' || to_char(utc, 'YYYYMMDDHH24'), starts, starts + interval '1 hour');
    end if;
    perform make_traffic_partition('traffic_totals', 'traffic_totals_' || to_char(utc, 'YYYYMMDD'),
        date_trunc('day', at, 'UTC'), date_trunc('day', at, 'UTC') + interval '24 hours');
end $$;

-- The hours of a day; days in UTC have 24 of them.
create or replace function ensure_traffic_partition(day date) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform ensure_traffic_hour(day::timestamp at time zone 'UTC' + h * interval '1 hour') from generate_series(0, 23) h;
end $$;

-- Bytes of a router per 10-second bucket, kept by ingest itself: what a series reads for the newest minutes. Partitions by day.
create table traffic_totals (
    organisation_id uuid not null,
    router_id uuid not null,
    at timestamptz not null,  -- start of the 10 s bucket
    bytes_up bigint not null,
    bytes_down bigint not null,
    packets_up bigint not null,
    packets_down bigint not null,
    primary key (router_id, at)
) partition by range (at);

-- Partitions by day. `key` is '' for the router's own row, a MAC, a name, or a category; '' for what nothing named, what no category has,
-- and, where longer history is kept, for everything under five devices.
create table traffic_5m (
    organisation_id uuid not null,
    router_id uuid not null,
    kind text not null check (kind in ('router', 'device', 'name', 'category')),
    at timestamptz not null,  -- start of the 5 minutes
    key text not null,
    bytes_up bigint not null,
    bytes_down bigint not null,
    packets_up bigint not null,
    packets_down bigint not null,
    devices integer not null,  -- distinct in these 5 minutes
    primary key (router_id, kind, at, key)
) partition by range (at);
create index on traffic_5m (router_id, at) where kind in ('name', 'category') and key <> '' and devices < 5;

-- Partitions by month; no row is about one device, and none about fewer than five but the router's own.
create table traffic_1h (
    organisation_id uuid not null,
    router_id uuid not null,
    kind text not null check (kind in ('router', 'name', 'category')),
    at timestamptz not null,
    key text not null,
    bytes_up bigint not null,
    bytes_down bigint not null,
    packets_up bigint not null,
    packets_down bigint not null,
    devices integer not null,  -- the most in any 5 minutes of the hour
    primary key (router_id, kind, at, key)
) partition by range (at);

create function ensure_rollup_partitions(at timestamptz) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare day timestamp := date_trunc('day', at at time zone 'UTC'); month timestamp := date_trunc('month', at at time zone 'UTC');
begin
    if at is null or at < now() - interval '1200 days' or at > now() + interval '40 days' then raise exception 'no partition for %', at; end if;
    perform make_traffic_partition('traffic_5m', 'traffic_5m_' || to_char(day, 'YYYYMMDD'), day at time zone 'UTC', (day + interval '1 day') at time zone 'UTC');
    perform make_traffic_partition('traffic_1h', 'traffic_1h_' || to_char(month, 'YYYYMM'), month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
end $$;

-- Buckets that changed since they were rolled up. Ingest marks in its own transaction, before it writes: whoever takes a mark away waits
-- for a batch that is on its way, and a batch waits for who takes it. `level` is the minutes of the roll-up to make.
create table traffic_dirty (
    organisation_id uuid not null,
    router_id uuid not null references routers on delete cascade,
    level smallint not null check (level in (5, 60)),
    at timestamptz not null,
    marked_at timestamptz not null default now(),
    primary key (router_id, level, at)
);
create index on traffic_dirty (level, at);

-- What of `traffic` before an instant is gone: its 5 minutes are never made anew, what comes late is added to them. The horizon is
-- everybody's, a seal is of one router whose organisation keeps names for less time.
create table traffic_horizon (only_one boolean primary key default true check (only_one), at timestamptz not null);
insert into traffic_horizon (at) values ('-infinity');
create table traffic_seals (
    organisation_id uuid not null,
    router_id uuid primary key references routers on delete cascade,
    at timestamptz not null
);

-- How long an organisation keeps what; no row: the defaults.
create table retention_settings (
    organisation_id uuid primary key references organisations on delete cascade,
    names_hours integer not null default 24 check (names_hours between 1 and 24),          -- which device visits which domain
    five_minutes_days integer not null default 7 check (five_minutes_days between 3 and 30),  -- 3: traffic comes up to 48 h late
    hours_days integer not null default 400 check (hours_days between 30 and 1100),
    leases_days integer not null default 30 check (leases_days between 1 and 400),         -- after their end
    devices_days integer not null default 90 check (devices_days between 7 and 400),       -- after they were last seen
    updated_at timestamptz not null default now()
);

-- Names that nobody has put to a category are offered to the shared list by who wants that.
create table sharing_settings (
    organisation_id uuid primary key references organisations on delete cascade,
    is_enabled boolean not null,
    updated_at timestamptz not null default now()
);

-- A key of one event, or of one router outside of events: its HMAC makes the pseudonyms in records that are kept. No process may read it.
create table pseudonym_keys (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations,
    event_id uuid,
    router_id uuid,
    key bytea,  -- null once destroyed
    created_at timestamptz not null default now(),
    destroyed_at timestamptz,
    check ((event_id is null) <> (router_id is null))
);
create unique index on pseudonym_keys (organisation_id, event_id, router_id) nulls not distinct where key is not null;

-- What was erased, for whom, and what stays. No MAC, no name: a receipt must not keep what it says is gone.
create table purge_receipts (
    id uuid primary key default gen_random_uuid(),
    number bigint generated always as identity unique,  -- the place in a list
    organisation_id uuid not null references organisations,
    kind text not null check (kind in ('device', 'event')),
    target uuid not null,  -- of the device or event
    user_id uuid references users,
    removed jsonb not null,  -- {"leases": 3, …}: rows by table; {"configurations": 2}: documents that hold a pseudonym now
    remains jsonb not null,  -- [{"what", "why", "until"}]
    at timestamptz not null default now()
);
create index on purge_receipts (organisation_id, number desc);

-- The shared list: which category a domain and everything below it belongs to. Every change is a version; the highest holds.
create table categories (
    name text primary key check (name ~ '^[a-z][a-z0-9_-]{1,39}$'),
    is_sensitive boolean not null default false  -- never shown for one device
);
insert into categories (name, is_sensitive) values ('banking_and_payment', false), ('education', false), ('encrypted-dns', false),
    ('entertainment', false), ('government', false), ('health', true), ('information', false), ('mail', false), ('malware_test', false),
    ('online_storage', false), ('pornography', true), ('religion', true), ('search_engine', false), ('shopping', false),
    ('social_network', false), ('work_tool', false);
create table domain_categories (
    version bigint generated always as identity primary key,
    domain text not null check (length(domain) between 1 and 253),
    category text references categories,  -- null: it belongs to none any more
    decided_by uuid references users,
    source text not null default 'staff' check (source in ('staff', 'shipped', 'discord')),
    at timestamptz not null default now()
);
create index on domain_categories (domain, version desc);

-- The queue. No organisation's name or id is in it.
create table uncategorised_domains (
    domain text primary key check (length(domain) between 1 and 253),
    number bigint generated always as identity unique,
    organisations integer not null default 1,
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    state text not null default 'waiting' check (state in ('waiting', 'decided', 'refused'))
);
create index on uncategorised_domains (state, organisations desc, number);
-- What an organisation has offered, so that it counts once.
create table domain_offers (
    organisation_id uuid not null references organisations on delete cascade,
    domain text not null,
    at timestamptz not null default now(),
    primary key (organisation_id, domain)
);

-- Of a name, the category of its longest known suffix (RFC 1034 section 3.1: labels).
create function category_of(name text) returns text language sql stable as $$
    select coalesce((
        select c.category from (select array_to_string((string_to_array(name, '.'))[i:], '.') as suffix, i
                                from generate_series(1, cardinality(string_to_array(name, '.'))) i) s
        cross join lateral (select category from domain_categories d where d.domain = s.suffix order by version desc limit 1) c
        order by s.i limit 1), '') $$;

do $$
declare t text;
begin
    foreach t in array array['traffic_totals', 'traffic_5m', 'traffic_1h', 'traffic_dirty', 'traffic_seals', 'retention_settings',
                             'sharing_settings', 'pseudonym_keys', 'purge_receipts', 'domain_offers'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', t);
    end loop;
end $$;
-- One hub looks for work in all organisations; the owner's functions ask what is still needed before they drop a partition.
create policy hub_looks on traffic_dirty for select to vivi_hub using (true);
create policy hub_looks on sharing_settings for select to vivi_hub using (is_enabled);
create policy owner_looks on traffic_dirty for select to current_user using (true);
create policy owner_looks on retention_settings for select to current_user using (true);

-- The end of the partition of that name, which make_traffic_partition (or the first migration) gave; null for another name.
create function partition_end(partition_name text) returns timestamptz language sql immutable set timezone = 'UTC' as $$
    select case
        when partition_name ~ '^traffic_\d{10}$' then to_timestamp(right(partition_name, 10), 'YYYYMMDDHH24') + interval '1 hour'
        when partition_name ~ '^traffic(_totals|_5m)?_\d{8}$' then to_timestamp(right(partition_name, 8), 'YYYYMMDD') + interval '1 day'
        when partition_name ~ '^traffic_1h_\d{6}$' then to_timestamp(right(partition_name, 6), 'YYYYMM') + interval '1 month'
    end $$;

-- Drops the partitions that everybody has outlived, the oldest first; says how many. One that holds what is not rolled up yet waits, of
-- names at most until they are 49 h old. Waits 1 s for who reads or writes, and otherwise tries another time.
create function drop_outlived_partitions() returns integer language plpgsql security definer
    set search_path = public, pg_temp set lock_timeout = '1s' as $$
declare one record; gone integer := 0; days integer; hours integer; is_needed boolean;
begin
    if not pg_try_advisory_xact_lock(hashtext('vivi.drop_outlived_partitions')) then return 0; end if;
    select greatest(7, max(five_minutes_days)), greatest(400, max(hours_days)) into days, hours from retention_settings;
    for one in select c.relname, p.relname as parent, partition_end(c.relname::text) as ends from pg_inherits i
        join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
        where p.relnamespace = 'public'::regnamespace and p.relname in ('traffic', 'traffic_totals', 'traffic_5m', 'traffic_1h') and c.relkind = 'r'
        order by 3 loop
        continue when one.ends is null or one.ends > now() - case one.parent when 'traffic' then interval '24 hours'
            when 'traffic_totals' then interval '48 hours' when 'traffic_5m' then make_interval(days => days)
            else make_interval(days => hours) end;
        is_needed := case one.parent when 'traffic' then one.ends > now() - interval '49 hours' and
                exists (select from traffic_dirty where level = 5 and at < one.ends)
            when 'traffic_5m' then exists (select from traffic_dirty where level = 60 and at < one.ends) else false end;
        continue when is_needed;
        if one.parent = 'traffic' then
            lock table traffic in access exclusive mode;  -- No batch is on its way now; look again.
            continue when one.ends > now() - interval '49 hours' and exists (select from traffic_dirty where level = 5 and at < one.ends);
            update traffic_horizon set at = greatest(at, one.ends);
        end if;
        execute format('drop table %I', one.relname);
        gone := gone + 1;
    end loop;
    return gone;
exception when lock_not_available then return 0;
end $$;
revoke execute on function ensure_traffic_hour(timestamptz), ensure_rollup_partitions(timestamptz), drop_outlived_partitions() from public;
grant execute on function ensure_traffic_hour(timestamptz), ensure_rollup_partitions(timestamptz), drop_outlived_partitions() to vivi_hub;

grant select on traffic_totals, traffic_5m, traffic_1h, traffic_dirty, retention_settings, sharing_settings, purge_receipts to vivi_api;
grant insert, update on retention_settings, sharing_settings to vivi_api;
grant select on categories, domain_categories, uncategorised_domains to vivi_api;
grant insert (domain, category, decided_by, source) on domain_categories to vivi_api;
grant update (state) on uncategorised_domains to vivi_api;
create policy staff_decides on audit_log for insert to vivi_api with check (organisation_id is null and action = 'category.decided');

grant select, insert, update, delete on traffic_totals, traffic_5m, traffic_1h, traffic_dirty, traffic_seals to vivi_hub;
grant select on traffic_horizon, retention_settings, sharing_settings, categories, domain_categories to vivi_hub;
grant delete on traffic, leases, devices to vivi_hub;
grant select, insert on domain_offers to vivi_hub;
grant select, insert, update on uncategorised_domains to vivi_hub;

-- X.A.N.A.: the queue and the list, nothing of any organisation.
do $$ begin
    if not exists (select from pg_roles where rolname = 'vivi_xana') then create role vivi_xana login; end if;
end $$;
grant usage on schema public to vivi_xana;
grant select on categories, domain_categories, uncategorised_domains to vivi_xana;
grant insert (domain, category, source) on domain_categories to vivi_xana;
grant update (state) on uncategorised_domains to vivi_xana;

-- RFC 2104 with SHA-256: the extension pgcrypto is not everywhere. Tested with RFC 4231.
create function hmac_sha256(key bytea, message bytea) returns bytea language plpgsql immutable strict as $$
declare inside bytea; outside bytea;
begin
    if length(key) > 64 then key := sha256(key); end if;
    key := key || decode(repeat('00', 64 - length(key)), 'hex');
    inside := key;
    outside := key;
    for i in 0..63 loop
        inside := set_byte(inside, i, get_byte(key, i) # 54);    -- 0x36
        outside := set_byte(outside, i, get_byte(key, i) # 92);  -- 0x5c
    end loop;
    return sha256(outside || sha256(inside || message));
end $$;

-- A MAC that nobody has, the same for the same key: locally administered, not multicast (IEEE 802-2014 section 8.2.2).
create function pseudonym_of(mac macaddr, key bytea) returns text language sql immutable strict as $$
    select (trunc_bits.m & 'feffffffffff'::macaddr | '020000000000'::macaddr)::text
    from (select encode(substr(hmac_sha256(key, decode(replace(mac::text, ':', ''), 'hex')), 1, 6), 'hex')::macaddr as m) trunc_bits $$;
create function pseudonymised(document text, macs macaddr[], key bytea) returns text language plpgsql immutable strict as $$
declare found text;
begin
    for found in select distinct lower(m[1]) from regexp_matches(document, '([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})', 'g') m loop
        if found::macaddr = any(macs) then document := regexp_replace(document, found, pseudonym_of(found::macaddr, key), 'gi'); end if;
    end loop;
    return document;
end $$;

-- The key of a router's event, or of the router itself outside of events; made when there is none.
create function pseudonym_key(of_router uuid) returns bytea language plpgsql set search_path = public, pg_temp as $$
declare wanted_event uuid; wanted_router uuid; found bytea;
begin
    select event_id, case when event_id is null then id end into wanted_event, wanted_router
        from routers where id = of_router and organisation_id = current_organisation();
    insert into pseudonym_keys (organisation_id, event_id, router_id, key)
        values (current_organisation(), wanted_event, wanted_router, sha256((gen_random_uuid()::text || gen_random_uuid() || gen_random_uuid())::bytea))
        on conflict do nothing;
    select k.key into found from pseudonym_keys k where organisation_id = current_organisation() and k.key is not null
        and event_id is not distinct from wanted_event and router_id is not distinct from wanted_router;
    return found;
end $$;

-- Erases these MACs from every tenant's table of this organisation, whoever added it: rows of a column of the type macaddr go, rows that
-- refer to a device go, documents get pseudonyms. What a router enforces, or an open event decides, stays: a ban outlives its device's row.
create function erase_macs(macs macaddr[], of_routers uuid[], key bytea) returns jsonb language plpgsql set search_path = public, pg_temp as $$
declare one record; gone bigint; removed jsonb := '{}'; here text; kept text;
begin
    perform 1 from routers where id = any(of_routers) order by id for update;  -- Ingest of these routers waits.
    delete from traffic t using unnest(of_routers) r(id), unnest(macs) m(mac),
        generate_series(date_trunc('hour', now()) - interval '50 hours', now() + interval '10 minutes', interval '10 seconds') g(at)
        where t.router_id = r.id and t.at = g.at and t.mac = m.mac;
    get diagnostics gone = row_count;
    removed := removed || jsonb_build_object('traffic', gone);
    delete from traffic_5m where router_id = any(of_routers) and kind = 'device' and traffic_5m.key = any(macs::text[]);
    get diagnostics gone = row_count;
    removed := removed || jsonb_build_object('traffic_5m', gone);
    delete from alarms where router_id = any(of_routers) and (lower(subject) = any(macs::text[]) or pseudonymised(detail::text, macs, key) <> detail::text);
    get diagnostics gone = row_count;
    removed := removed || jsonb_build_object('alarms', gone);
    delete from dead_letters where router_id = any(of_routers) and pseudonymised(body, macs, key) <> body;
    get diagnostics gone = row_count;
    removed := removed || jsonb_build_object('dead_letters', gone);
    for one in select c.relname, a.attname, a.atttypid::regtype::text as type,
            exists (select from pg_attribute r where r.attrelid = c.oid and r.attname = 'router_id' and not r.attisdropped) as has_router
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'organisation_id' and not o.attisdropped)
        and c.relname not in ('traffic', 'alarms', 'purge_receipts')
        and (a.atttypid = 'macaddr'::regtype or a.atttypid in ('jsonb'::regtype, 'json'::regtype) or (a.attname = 'device_id' and a.atttypid = 'uuid'::regtype))
        order by c.relname = 'devices', c.relname loop  -- Who refers to a device goes before it.
        here := case when one.has_router then ' and router_id = any($2)' else '' end;
        if one.type = 'macaddr' then
            execute format('delete from %I where organisation_id = current_organisation()%s and %I = any($1)', one.relname, here, one.attname) using macs, of_routers;
        elsif one.type = 'uuid' then
            execute format('delete from %I where organisation_id = current_organisation()%s and %I in (select id from devices where router_id = any($2) and mac = any($1))',
                           one.relname, here, one.attname) using macs, of_routers;
        else
            kept := case one.relname when 'configurations' then ' and not exists (select from routers r where r.id = router_id and r.desired_revision = configurations.revision and r.state = ''accepted'')'
                when 'events' then ' and closed_at is not null' else '' end;
            execute format('update %1$I set %2$I = pseudonymised(%2$I::text, $1, $3)::%4$s where organisation_id = current_organisation()%3$s'
                || ' and %2$I::text ~* ''[0-9a-f]{2}(:[0-9a-f]{2}){5}'' and pseudonymised(%2$I::text, $1, $3) <> %2$I::text' || kept,
                one.relname, one.attname, here, one.type) using macs, of_routers, key;
        end if;
        get diagnostics gone = row_count;
        if gone > 0 then removed := removed || jsonb_build_object(one.relname, coalesce((removed->>one.relname)::bigint, 0) + gone); end if;
    end loop;
    return (select coalesce(jsonb_object_agg(k, v), '{}') from jsonb_each(removed) e(k, v) where v <> '0');
end $$;

-- What stays after a purge, in words, each with the time it goes.
create function purge_remains(macs macaddr[], of_routers uuid[], key bytea) returns jsonb language plpgsql stable set search_path = public, pg_temp as $$
declare bans bigint; days integer;
begin
    select count(*) into bans from configurations c join routers r on r.id = c.router_id and r.desired_revision = c.revision
        where r.id = any(of_routers) and pseudonymised(c.document::text, macs, key) <> c.document::text;
    select coalesce(max(hours_days), 400) into days from retention_settings where organisation_id = current_organisation();
    return case when bans > 0 then jsonb_build_array(jsonb_build_object('what', 'configurations', 'why', 'rules in force name the device', 'until', null))
                else '[]' end
        || jsonb_build_array(
            jsonb_build_object('what', 'audit_log', 'why', 'decisions, with pseudonyms instead of addresses', 'until', null),
            jsonb_build_object('what', 'traffic_1h', 'why', 'sums in which no device is told apart', 'until', now() + make_interval(days => days)));
end $$;

-- Erases a device, wherever in the organisation it was seen, and gives the receipt; null: no such device here.
create function purge_device(wanted uuid, who uuid) returns uuid language plpgsql security definer set search_path = public, pg_temp as $$
declare address macaddr; first_router uuid; everywhere uuid[]; key bytea; receipt uuid; removed jsonb;
begin
    select mac, router_id into address, first_router from devices where id = wanted and organisation_id = current_organisation();
    if address is null then return null; end if;
    key := pseudonym_key(first_router);
    select array_agg(id) into everywhere from routers where organisation_id = current_organisation();
    removed := erase_macs(array[address], everywhere, key);
    insert into purge_receipts (organisation_id, kind, target, user_id, removed, remains)
        values (current_organisation(), 'device', wanted, who, removed, purge_remains(array[address], everywhere, key)) returning id into receipt;
    return receipt;
end $$;

-- Erases the guests of an event: every device of its routers, and what is known of names there. Its key is destroyed: nobody can tell any
-- more who a pseudonym was. Null: no such event here.
create function purge_event(wanted uuid, who uuid) returns uuid language plpgsql security definer set search_path = public, pg_temp as $$
declare macs macaddr[]; of_routers uuid[]; key bytea; receipt uuid; removed jsonb; gone bigint;
begin
    perform 1 from events where id = wanted and organisation_id = current_organisation() for update;
    if not found then return null; end if;
    select coalesce(array_agg(id), '{}') into of_routers from routers where organisation_id = current_organisation() and event_id = wanted;
    select coalesce(array_agg(distinct mac), '{}') into macs
        from (select mac from devices where router_id = any(of_routers) union select mac from leases where router_id = any(of_routers)) m;
    key := coalesce(pseudonym_key(of_routers[1]), sha256(gen_random_uuid()::text::bytea));
    delete from traffic where router_id = any(of_routers);
    delete from traffic_5m where router_id = any(of_routers) and kind = 'name';
    delete from traffic_1h where router_id = any(of_routers) and kind = 'name';
    delete from domains_seen where router_id = any(of_routers);
    delete from dead_letters where router_id = any(of_routers);
    get diagnostics gone = row_count;
    removed := erase_macs(macs, of_routers, key) || jsonb_build_object('dead_letters', gone);
    insert into purge_receipts (organisation_id, kind, target, user_id, removed, remains)
        values (current_organisation(), 'event', wanted, who, removed, purge_remains(macs, of_routers, key)) returning id into receipt;
    update pseudonym_keys k set key = null, destroyed_at = now() where organisation_id = current_organisation() and event_id = wanted;
    return receipt;
end $$;

-- All that is held of a device, by table; null: no such device here. Of names: what the privacy rules let live, the last 24 h.
create function held_of_device(wanted uuid) returns jsonb language plpgsql security definer set search_path = public, pg_temp as $$
declare address macaddr; one record; rows jsonb; held jsonb := '{}'; routers_here uuid[];
begin
    select mac into address from devices where id = wanted and organisation_id = current_organisation();
    if address is null then return null; end if;
    select array_agg(id) into routers_here from routers where organisation_id = current_organisation();
    select jsonb_agg(to_jsonb(t) - 'organisation_id' order by t.at) into rows from unnest(routers_here) r(id),
        generate_series(date_trunc('hour', now()) - interval '50 hours', now() + interval '10 minutes', interval '10 seconds') g(at), traffic t
        where t.router_id = r.id and t.at = g.at and t.mac = address;
    if rows is not null then held := held || jsonb_build_object('traffic', rows); end if;
    select jsonb_agg(to_jsonb(t) - 'organisation_id' order by t.at) into rows from traffic_5m t
        where router_id = any(routers_here) and kind = 'device' and key = address::text;
    if rows is not null then held := held || jsonb_build_object('traffic_5m', rows); end if;
    for one in select c.relname, a.attname, a.atttypid = 'macaddr'::regtype as is_mac
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'traffic'
        and exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'organisation_id' and not o.attisdropped)
        and (a.atttypid in ('macaddr'::regtype, 'jsonb'::regtype) or (a.attname = 'device_id' and a.atttypid = 'uuid'::regtype)) order by 1 loop
        execute format('select jsonb_agg(to_jsonb(t) - ''organisation_id'') from %I t where organisation_id = current_organisation() and %s', one.relname,
            case when one.is_mac then format('%I = $1', one.attname) when one.attname = 'device_id' then 'device_id = $2'
                 else format('%I::text ilike ''%%'' || $1::text || ''%%''', one.attname) end) into rows using address, wanted;
        if rows is not null then held := held || jsonb_build_object(one.relname, coalesce(held->one.relname, '[]') || rows); end if;
    end loop;
    return held;
end $$;

-- For the list that is kept outside: every organisation's purges, the oldest first.
create policy owner_exports on purge_receipts for select to current_user using (true);
create function all_purges() returns table (line jsonb) language sql stable as $$
    select jsonb_build_object('organisation', organisation_id, 'kind', kind, 'target', target, 'at', at) from purge_receipts order by at, number $$;
revoke execute on function all_purges() from public;

-- Destroys keys at the end of retention: of events that closed, and of routers whose custody ended, so long ago. For the hub.
create function destroy_outlived_keys() returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare gone integer; days integer;
begin
    select coalesce(max(hours_days), 400) into days from retention_settings where organisation_id = current_organisation();
    update pseudonym_keys k set key = null, destroyed_at = now() where organisation_id = current_organisation() and k.key is not null and (
        exists (select from events e where e.id = k.event_id and e.closed_at < now() - make_interval(days => days))
        or exists (select from custodies c where c.router_id = k.router_id having max(coalesce(c.ended_at, 'infinity')) < now() - make_interval(days => days)));
    get diagnostics gone = row_count;
    return gone;
end $$;
revoke execute on function erase_macs(macaddr[], uuid[], bytea), purge_remains(macaddr[], uuid[], bytea), pseudonym_key(uuid),
    purge_device(uuid, uuid), purge_event(uuid, uuid), held_of_device(uuid), destroy_outlived_keys() from public;
grant execute on function purge_device(uuid, uuid), purge_event(uuid, uuid), held_of_device(uuid) to vivi_api;
grant execute on function destroy_outlived_keys() to vivi_hub;
