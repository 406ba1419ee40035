-- A spare router takes the place of a broken one: its name, its events, its configuration, and the leases of its guests.
-- SPDX-License-Identifier: Apache-2.0

-- What a router needs to know of a lease to go on with it, beside what people look at; kept while the lease runs.
alter table leases add column client_id text not null default '',  -- option 61, hexadecimal
    add column duration_seconds bigint not null default 3600;

-- The leases that a router is to begin with, as the text it fetches like that of a list. One a router.
create table carried_leases (
    organisation_id uuid not null references organisations,
    router_id uuid primary key references routers on delete cascade,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    text text not null,  -- {"leases":[…]}, each as docs/protocol.md section 1 has it
    count bigint not null,
    made_at timestamptz not null default now()
);
create index on carried_leases (organisation_id, sha256);
alter table carried_leases enable row level security;
alter table carried_leases force row level security;
create policy tenant on carried_leases using (organisation_id = current_organisation()) with check (organisation_id = current_organisation());
grant select, delete on carried_leases to vivi_hub;

-- Whoever erases guests erases them here too: a router that has not taken them over by now does without.
create function drop_carried_leases() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from carried_leases where organisation_id = new.organisation_id;
    return null;
end $$;
revoke execute on function drop_carried_leases() from public;
create trigger drop_carried_leases after insert on purge_receipts for each row execute function drop_carried_leases();

-- The leases of a router that its guests may still count on: those whose end nobody heard. One that is over by less than a day still says
-- which address its device had.
create function leases_to_carry(of_router uuid) returns table (text text, count bigint) language sql stable set search_path = public, pg_temp as $$
    select jsonb_build_object('leases', coalesce(jsonb_agg(jsonb_build_object('device', l.mac::text, 'address', host(l.address),
            'network', l.network, 'hostname', l.hostname, 'client_id', l.client_id, 'vendor_class', coalesce(d.vendor_class, ''),
            'duration_seconds', l.duration_seconds, 'granted_at', (extract(epoch from l.granted_at) * 1000)::bigint,
            'expires_at', (extract(epoch from l.expires_at) * 1000)::bigint) order by l.address), '[]'))::text, count(*)
        from (select distinct on (address) * from leases where router_id = of_router and organisation_id = current_organisation()
              and state = 'granted' and expires_at > now() - interval '1 day' order by address, granted_at desc, id desc) l
        left join devices d on d.router_id = l.router_id and d.mac = l.mac $$;
revoke execute on function leases_to_carry(uuid) from public;

-- The spare's key becomes that of the broken router's row; the broken one's key goes the way of a returned router's, under the row that was
-- the spare's. The spare's custody goes on, the other ends. The caller writes the configuration with the new revision. `outcome`: replaced,
-- unknown (one of the two is no router of this organisation), or busy (the spare is at an event, or has guests).
create function replace_router(broken uuid, spare uuid, out outcome text, out revision bigint, out custody uuid, out leases bigint)
    language plpgsql security definer set search_path = public, pg_temp as $$
declare old routers; new_one routers; carried text;
begin
    outcome := 'unknown';
    if broken = spare then return; end if;
    perform 1 from sync_cursors c where c.router_id in (broken, spare) order by c.router_id, c.epoch for update;  -- As ingest: cursors first.
    perform 1 from routers r where r.id in (broken, spare) order by r.id for update;
    select * into old from routers r where r.id = broken and r.organisation_id = current_organisation() and r.state = 'accepted';
    select * into new_one from routers r where r.id = spare and r.organisation_id = current_organisation() and r.state = 'accepted';
    if old.id is null or new_one.id is null then return; end if;
    outcome := 'busy';
    if new_one.event_id is not null or exists (select from leases l where l.router_id = spare and l.organisation_id = current_organisation()
        and l.state = 'granted' and l.expires_at > now()) then return; end if;

    select c.text, c.count into carried, leases from leases_to_carry(broken) c;
    insert into carried_leases (organisation_id, router_id, sha256, text, count)
        values (current_organisation(), broken, encode(sha256(convert_to(carried, 'UTF8')), 'hex'), carried, leases)
        on conflict (router_id) do update set sha256 = excluded.sha256, text = excluded.text, count = excluded.count, made_at = now();
    delete from carried_leases c where c.router_id = spare;

    update commands c set state = 'cancelled', finished_at = now()
        where c.router_id in (broken, spare) and c.organisation_id = current_organisation() and c.state in ('queued', 'sent', 'running');
    update custodies c set ended_at = coalesce(c.ended_at, now()), router_id = spare where c.id = old.custody_id;
    update custodies c set router_id = broken where c.id = new_one.custody_id;
    custody := new_one.custody_id;
    revision := greatest(old.desired_revision, new_one.desired_revision) + 1;
    update routers r set state = 'returned', returned_at = now(), name = old.name, fingerprint = old.fingerprint, custody_id = old.custody_id,
        session = r.session + 1, hub = '', revision = r.revision + 1 where r.id = spare;
    update routers r set fingerprint = new_one.fingerprint, custody_id = new_one.custody_id, session = r.session + 1, hub = '',
        disconnected_at = now(), software = new_one.software, boot_id = new_one.boot_id, applied_revision = 0, apply_error = '',
        desired_revision = replace_router.revision, revision = r.revision + 1 where r.id = broken;
    insert into routers (fingerprint, registered_at) values (old.fingerprint, now());

    -- What the spare has told so far is told: its epochs go on where they are.
    insert into sync_cursors (router_id, epoch, sequence) select broken, c.epoch, c.sequence from sync_cursors c where c.router_id = spare
        on conflict on constraint sync_cursors_pkey do update set sequence = greatest(sync_cursors.sequence, excluded.sequence);
    update router_sync s set boot_ids = '{}', is_snapshot_wanted = false, unenforced = '[]', unenforced_revision = 0, trial = '', trial_revision = 0
        where s.router_id = broken;
    outcome := 'replaced';
end $$;
revoke execute on function replace_router(uuid, uuid) from public;
grant execute on function replace_router(uuid, uuid) to vivi_api;
