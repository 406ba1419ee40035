-- Claiming and returning routers, what each revision was for, profiles kept on the server, commands, alarms that somebody looks after.
-- SPDX-License-Identifier: Apache-2.0

-- What a revision was for: the action of its audit row.
alter table configurations add column action text not null default '';

-- Names of phases are how schedules refer to them.
alter table event_phases add unique (event_id, name);

-- A router that was returned leaves its row, and all that is filed under it, with the organisation that had it; its key starts again as
-- another row, which has nothing of the old one.
alter table routers drop constraint routers_fingerprint_key;
create unique index routers_fingerprint_key on routers (fingerprint) where state <> 'returned';
alter table routers drop constraint routers_state_check;
alter table routers add constraint routers_state_check check (state in ('pending', 'accepted', 'revoked', 'returned'));
create policy operator_pends on routers for insert to current_user with check (state = 'pending' and organisation_id is null);
create index on custodies (router_id, started_at desc);

-- The code somebody reads off a router: only its hash is here. One a router; a newer one replaces it.
create table claim_codes (
    router_id uuid primary key references routers on delete cascade,
    code_hash bytea not null unique,  -- SHA-256 of the ten characters, upper case
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);
-- Guesses of a quarter of an hour, by who guesses and from where ("user:…", "address:…").
create table claim_guesses (
    subject text primary key,
    guesses integer not null,
    ends_at timestamptz not null
);
create index on claim_guesses (ends_at);

-- For the hub, and vivi-admin: the code of a pending router, for half an hour. Null: there is no such router, or it is not pending.
create function offer_claim_code(key_fingerprint text, hash bytea) returns timestamptz
    language plpgsql security definer set search_path = public, pg_temp as $$
declare pending uuid; ends timestamptz := now() + interval '30 minutes';
begin
    select id into pending from routers where fingerprint = key_fingerprint and state = 'pending' and organisation_id is null;
    if pending is null then return null; end if;
    insert into claim_codes (router_id, code_hash, expires_at) values (pending, hash, ends)
        on conflict (router_id) do update set code_hash = excluded.code_hash, created_at = now(), expires_at = excluded.expires_at, used_at = null;
    return ends;
end $$;
revoke execute on function offer_claim_code(text, bytea) from public;
grant execute on function offer_claim_code(text, bytea) to vivi_hub;

-- Takes the router with that code into the organisation of this transaction. `outcome`: claimed, unknown (no such code, used, or over)
-- or throttled (10 guesses of one user, 30 from one address, in a quarter of an hour). The caller commits whatever the outcome: that is
-- what counts the guess. A code that fits is not a guess.
create function claim_router(hash bytea, who uuid, whence text, router_name text, new_custody uuid, out outcome text, out router uuid)
    language plpgsql security definer set search_path = public, pg_temp as $$
declare is_over boolean;
begin
    if current_organisation() is null then raise exception 'no organisation'; end if;
    delete from claim_guesses where ends_at < now() and subject not in ('user:' || who, 'address:' || whence);
    insert into claim_guesses as known (subject, guesses, ends_at)
        values ('user:' || who, 1, now() + interval '15 minutes'), ('address:' || whence, 1, now() + interval '15 minutes')
        on conflict (subject) do update set
            guesses = case when known.ends_at < now() then 1 else known.guesses + 1 end,
            ends_at = case when known.ends_at < now() then excluded.ends_at else known.ends_at end;
    select bool_or(guesses > case when subject like 'user:%' then 10 else 30 end) into is_over
        from claim_guesses where subject in ('user:' || who, 'address:' || whence);
    outcome := 'throttled';
    if is_over then return; end if;
    outcome := 'unknown';
    select router_id into router from claim_codes where code_hash = hash and used_at is null and expires_at > now() for update;
    if router is null then return; end if;
    update routers set organisation_id = current_organisation(), state = 'accepted', name = router_name, custody_id = new_custody,
        revision = revision + 1 where id = router and state = 'pending' and organisation_id is null;
    if not found then router := null; return; end if;
    update claim_codes set used_at = now() where code_hash = hash;
    insert into custodies (id, organisation_id, router_id) values (new_custody, current_organisation(), router);
    update claim_guesses set guesses = guesses - 1 where subject in ('user:' || who, 'address:' || whence);
    outcome := 'claimed';
end $$;
revoke execute on function claim_router(bytea, uuid, text, text, uuid) from public;
grant execute on function claim_router(bytea, uuid, text, text, uuid) to vivi_api;

-- Ends the custody of a router of this transaction's organisation. False: it has no such router.
create function return_router(returned uuid) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
declare key_fingerprint text;
begin
    update routers set state = 'returned', event_id = null, revision = revision + 1
        where id = returned and organisation_id = current_organisation() and state = 'accepted'
        returning fingerprint into key_fingerprint;
    if key_fingerprint is null then return false; end if;
    update custodies set ended_at = now() where router_id = returned and organisation_id = current_organisation() and ended_at is null;
    update commands set state = 'cancelled', finished_at = now()
        where router_id = returned and organisation_id = current_organisation() and state in ('queued', 'sent', 'running');
    insert into routers (fingerprint) values (key_fingerprint);
    return true;
end $$;
revoke execute on function return_router(uuid) from public;
grant execute on function return_router(uuid) to vivi_api;

-- Profiles: a name, and versions that are never changed.
create table profiles (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations,
    name text not null check (length(name) between 1 and 63),
    description text not null default '' check (length(description) <= 1000),
    created_at timestamptz not null default now(),
    created_by uuid references users,
    deleted_at timestamptz,
    unique (organisation_id, id)
);
create unique index on profiles (organisation_id, name) where deleted_at is null;
create table profile_versions (
    organisation_id uuid not null references organisations,
    profile_id uuid not null,
    version integer not null check (version > 0),
    policy jsonb not null,     -- as docs/protocol.md section 5, member `policy`; `never_blocked` is empty
    checksum text not null,    -- of the profile's file, docs/policy.md
    source text not null,      -- "router <uuid>", "event <uuid>" or "file"
    created_at timestamptz not null default now(),
    created_by uuid references users,
    primary key (profile_id, version),
    foreign key (organisation_id, profile_id) references profiles (organisation_id, id)
);

-- Commands to routers: jobs that outlive every process. One that nobody carried out in time has expired, whatever its row says.
create table commands (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations,
    router_id uuid not null references routers,
    custody_id uuid not null references custodies,
    kind text not null check (kind in ('reboot', 'power_off', 'restart_service', 'update_software', 'collect_logs')),
    parameters jsonb not null default '{}',
    key text not null check (length(key) between 1 and 100),  -- the same again is the same command
    state text not null default 'queued' check (state in ('queued', 'sent', 'running', 'done', 'failed', 'cancelled')),
    result text not null default '',
    created_at timestamptz not null default now(),
    created_by uuid references users,
    expires_at timestamptz not null,
    sent_at timestamptz,
    finished_at timestamptz,
    unique (router_id, key)
);
create index on commands (organisation_id, router_id, created_at desc, id);
create index on commands (router_id) where state = 'queued';

alter table alarms add column acknowledged_at timestamptz;
alter table alarms add column acknowledged_by uuid references users;
create index on alarms (organisation_id, id desc) where cleared_at is null;

do $$
declare t text;
begin
    foreach t in array array['profiles', 'profile_versions', 'commands'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', t);
    end loop;
end $$;

grant select, insert on profiles, profile_versions, commands to vivi_api;
grant update (name, description, deleted_at) on profiles to vivi_api;
grant update (state, finished_at) on commands to vivi_api;
grant select, update (state, result, sent_at, finished_at) on commands to vivi_hub;
grant update (acknowledged_at, acknowledged_by) on alarms to vivi_api;

-- A router that has not been heard for 5 minutes is an alarm until it is heard again. For the hub, every minute; one hub at a time.
create policy offline on alarms to current_user using (kind = 'router.offline') with check (kind = 'router.offline');
create function watch_routers() returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare raised integer;
begin
    if not pg_try_advisory_xact_lock(hashtext('vivi.watch_routers')) then return 0; end if;
    update alarms set cleared_at = now() from routers where routers.id = alarms.router_id and kind = 'router.offline' and cleared_at is null
        and (routers.state <> 'accepted' or routers.last_seen_at > now() - interval '5 minutes');
    update alarms set last_at = now()
        where kind = 'router.offline' and cleared_at is null and last_at < now() - interval '10 minutes';
    insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at)
        select organisation_id, id, 'router.offline', '', '{}', last_seen_at, now() from routers
        where state = 'accepted' and organisation_id is not null and last_seen_at <= now() - interval '5 minutes'
        on conflict (router_id, kind, subject) where cleared_at is null do nothing;
    get diagnostics raised = row_count;
    return raised;
end $$;
revoke execute on function watch_routers() from public;
grant execute on function watch_routers() to vivi_hub;
