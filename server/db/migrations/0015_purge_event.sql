-- Purging an event knows its routers by its course (event_routers): after it was closed, and when it never had any.
-- SPDX-License-Identifier: Apache-2.0

-- The stretches of time in which what a router saw is this event's: from when it joined (from the beginning, when it was in no event before)
-- until the next event has it (for ever, when none does): what is seen while taking down is of the event that was.
create function event_stretches(wanted uuid) returns table (router_id uuid, from_at timestamptz, until_at timestamptz)
    language sql stable set search_path = public, pg_temp as $$
    select s.router_id, s.from_at, s.until_at from (
        select e.router_id, e.event_id,
            case when lag(e.from_at) over course is null then '-infinity' else e.from_at end as from_at,
            coalesce(lead(e.from_at) over course, 'infinity') as until_at
        from event_routers e where e.organisation_id = current_organisation() window course as (partition by e.router_id order by e.from_at)) s
    where s.event_id = wanted $$;

-- The key of an event's pseudonyms; made when there is none.
create function event_pseudonym_key(wanted uuid) returns bytea language plpgsql set search_path = public, pg_temp as $$
declare found_key bytea;
begin
    insert into pseudonym_keys (organisation_id, event_id, key)
        values (current_organisation(), wanted, sha256((gen_random_uuid()::text || gen_random_uuid() || gen_random_uuid())::bytea))
        on conflict do nothing;
    select k.key into found_key from pseudonym_keys k
        where organisation_id = current_organisation() and k.key is not null and event_id = wanted and router_id is null;
    return found_key;
end $$;

-- A receipt's count of a table, with `rows` more.
create function with_rows(removed jsonb, of_table text, rows bigint) returns jsonb language sql immutable as $$
    select case when rows = 0 then removed else removed || jsonb_build_object(of_table, coalesce((removed->>of_table)::bigint, 0) + rows) end $$;

-- Erases the guests of an event: devices last seen in its stretches, and everything of its stretches about devices and names. Of a device
-- that another event saw later, only what this event knew goes. Its key is destroyed: nobody can tell any more who a pseudonym was.
-- Null: no such event here.
create or replace function purge_event(wanted uuid, who uuid) returns uuid language plpgsql security definer set search_path = public, pg_temp as $$
declare macs macaddr[] := '{}'; of_routers uuid[]; key bytea; receipt uuid; removed jsonb := '{}'; erased jsonb; gone bigint; one record;
begin
    perform 1 from events where id = wanted and organisation_id = current_organisation() for update;
    if not found then return null; end if;
    select coalesce(array_agg(distinct s.router_id), '{}') into of_routers from event_stretches(wanted) s;
    perform 1 from routers where id = any(of_routers) order by id for update;  -- Ingest of these routers waits.
    key := event_pseudonym_key(wanted);
    for one in select * from event_stretches(wanted) loop
        macs := macs || array(select d.mac from devices d where d.router_id = one.router_id and d.last_seen_at >= one.from_at and d.last_seen_at < one.until_at
            union select l.mac from leases l where l.router_id = one.router_id and l.granted_at >= one.from_at and l.granted_at < one.until_at
                and not exists (select from devices d where d.router_id = l.router_id and d.mac = l.mac and d.last_seen_at >= one.until_at));
        delete from traffic where router_id = one.router_id and at >= one.from_at and at < one.until_at;
        get diagnostics gone = row_count;
        removed := with_rows(removed, 'traffic', gone);
        delete from traffic_5m where router_id = one.router_id and kind in ('device', 'name') and at >= one.from_at and at < one.until_at;
        get diagnostics gone = row_count;
        removed := with_rows(removed, 'traffic_5m', gone);
        delete from traffic_1h where router_id = one.router_id and kind = 'name' and at >= one.from_at and at < one.until_at;
        get diagnostics gone = row_count;
        removed := with_rows(removed, 'traffic_1h', gone);
        delete from leases where router_id = one.router_id and granted_at >= one.from_at and granted_at < one.until_at and ended_at is not null;
        get diagnostics gone = row_count;
        removed := with_rows(removed, 'leases', gone);
        delete from domains_seen where router_id = one.router_id and last_seen >= one.from_at and last_seen < one.until_at;
        get diagnostics gone = row_count;
        removed := with_rows(removed, 'domains_seen', gone);
        delete from device_domains where router_id = one.router_id and at >= one.from_at and at < one.until_at;
        get diagnostics gone = row_count;
        removed := with_rows(removed, 'device_domains', gone);
        delete from dead_letters where router_id = one.router_id and at >= one.from_at and at < one.until_at;
        get diagnostics gone = row_count;
        removed := with_rows(removed, 'dead_letters', gone);
    end loop;
    erased := erase_macs(macs, of_routers, key);
    for one in select t.key as of_table, t.value::bigint as rows from jsonb_each_text(erased) t loop
        removed := with_rows(removed, one.of_table, one.rows);
    end loop;
    insert into purge_receipts (organisation_id, kind, target, user_id, removed, remains)
        values (current_organisation(), 'event', wanted, who, removed, purge_remains(macs, of_routers, key)) returning id into receipt;
    update pseudonym_keys k set key = null, destroyed_at = now() where organisation_id = current_organisation() and event_id = wanted;
    return receipt;
end $$;
revoke execute on function event_stretches(uuid), event_pseudonym_key(uuid), with_rows(jsonb, text, bigint) from public;
