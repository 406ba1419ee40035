-- Keys that operators made known beforehand.
-- SPDX-License-Identifier: Apache-2.0

-- Set: an operator named this key; it is remembered whether or not it comes.
alter table routers add column registered_at timestamptz;
create policy operator_names on routers for update to current_user using (organisation_id is null) with check (state = 'pending' and organisation_id is null);

-- For the hub, daily: keys that nobody claimed and that have not come for 30 days are forgotten.
create policy nobody_comes on routers for delete to current_user using (state = 'pending' and organisation_id is null);
create function forget_pending_routers() returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare gone bigint;
begin
    delete from routers where state = 'pending' and organisation_id is null and registered_at is null
        and coalesce(last_seen_at, created_at) < now() - interval '30 days';
    get diagnostics gone = row_count;
    return gone;
end $$;
revoke execute on function forget_pending_routers() from public;
grant execute on function forget_pending_routers() to vivi_hub;

-- A returned router has to forget: when it has, it says what (docs/protocol.md section 8).
alter table routers add column returned_at timestamptz, add column wiped_at timestamptz, add column receipt jsonb;
create index on routers (fingerprint) where state = 'returned' and wiped_at is null;

-- Ends the custody of a router of this transaction's organisation. False: it has no such router.
create or replace function return_router(returned uuid) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
declare key_fingerprint text;
begin
    update routers set state = 'returned', event_id = null, revision = revision + 1, returned_at = now()
        where id = returned and organisation_id = current_organisation() and state = 'accepted'
        returning fingerprint into key_fingerprint;
    if key_fingerprint is null then return false; end if;
    update custodies set ended_at = now() where router_id = returned and organisation_id = current_organisation() and ended_at is null;
    update commands set state = 'cancelled', finished_at = now()
        where router_id = returned and organisation_id = current_organisation() and state in ('queued', 'sent', 'running');
    insert into routers (fingerprint, registered_at) values (key_fingerprint, now());
    return true;
end $$;

-- For the hub: the oldest custody that this key's router has not yet forgotten; null: none.
create function open_return(key_fingerprint text) returns uuid language sql security definer stable set search_path = public, pg_temp as $$
    select custody_id from routers where fingerprint = key_fingerprint and state = 'returned' and returned_at is not null and wiped_at is null
        order by returned_at limit 1 $$;
revoke execute on function open_return(text) from public;
grant execute on function open_return(text) to vivi_hub;

-- For the hub: what the router with this key says it wiped. One that was returned at the router itself is returned here now. False: this
-- key never had that custody, or its receipt is here already.
create function file_receipt(key_fingerprint text, custody uuid, said jsonb) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
declare found_router uuid; whose uuid;
begin
    select id, organisation_id into found_router, whose from routers
        where fingerprint = key_fingerprint and custody_id = custody and state in ('accepted', 'returned') and wiped_at is null;
    if found_router is null then return false; end if;
    perform set_config('vivi.organisation', whose::text, true);
    if exists (select from routers where id = found_router and state = 'accepted') then
        if said->>'by' <> 'router' or not return_router(found_router) then return false; end if;
        insert into audit_log (organisation_id, action, target, detail) values (whose, 'router.returned', found_router::text, '{"by": "router"}');
    end if;
    update routers set wiped_at = now(), receipt = said, revision = revision + 1 where id = found_router and wiped_at is null;
    if not found then return false; end if;
    insert into audit_log (organisation_id, action, target, detail) values (whose, 'router.wiped', found_router::text, said);
    return true;
end $$;
revoke execute on function file_receipt(text, uuid, jsonb) from public;
grant execute on function file_receipt(text, uuid, jsonb) to vivi_hub;
