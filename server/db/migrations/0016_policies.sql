-- The organisation a policy compares with is found once a statement, not once a row.
-- SPDX-License-Identifier: Apache-2.0

-- In a sub-select of its own, an expression without columns is computed before the statement begins (PostgreSQL 15, section 38.7; EXPLAIN
-- shows it as InitPlan). A walk over 5,000 devices takes half as long.
do $$
declare one record;
begin
    for one in select p.polrelid::regclass as name, a.attname as column_name from pg_policy p
        join pg_attribute a on a.attrelid = p.polrelid
            and a.attname = case when p.polrelid = 'organisations'::regclass then 'id' else 'organisation_id' end
        where p.polname = 'tenant'
    loop
        execute format('alter policy tenant on %s using (%I = (select current_organisation())) with check (%I = (select current_organisation()))',
                       one.name, one.column_name, one.column_name);
    end loop;
end $$;

create or replace view found_devices as select * from device_search where organisation_id is not distinct from (select current_organisation());

create or replace function make_traffic_partition(parent text, partition_name text, starts timestamptz, ends timestamptz) returns void
    language plpgsql set search_path = public, pg_temp as $$
begin
    if to_regclass(partition_name) is not null then return; end if;
    perform pg_advisory_xact_lock(hashtext('vivi.traffic_partition'));
    if to_regclass(partition_name) is not null then return; end if;
    execute format('create table %I partition of %I for values from (%L) to (%L)', partition_name, parent, starts, ends);
    execute format('alter table %I enable row level security', partition_name);
    execute format('alter table %I force row level security', partition_name);
    execute format('create policy tenant on %I using (organisation_id = (select current_organisation()))'
                   ' with check (organisation_id = (select current_organisation()))', partition_name);
end $$;
