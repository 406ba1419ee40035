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
