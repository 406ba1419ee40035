-- Commands that are carried out: their states, tokens and reports; releases of the routers' software, and roll-outs of them.
-- SPDX-License-Identifier: Apache-2.0

alter table commands drop constraint commands_kind_check;
alter table commands drop constraint commands_state_check;
update commands set state = 'succeeded' where state = 'done';
alter table commands add constraint commands_kind_check check (kind in ('reboot', 'power_off', 'start_service', 'stop_service',
    'restart_service', 'update_software', 'collect_logs', 'ping', 'dns', 'throughput'));
alter table commands add constraint commands_state_check check (state in ('queued', 'sent', 'running', 'succeeded', 'failed', 'expired', 'cancelled'));
alter table commands alter column result drop default;
alter table commands alter column result type jsonb using case when result = '' then '{}' else jsonb_build_object('text', result) end;
alter table commands alter column result set default '{}';
alter table commands add column detail text not null default '' check (length(detail) <= 2000);  -- for people
alter table commands add column progress smallint check (progress between 0 and 100);
alter table commands add column by_staff boolean not null default false;
alter table commands add column updated_at timestamptz not null default now();
-- What the router issued and the hub wrote down; what vivi-server signed for exactly that nonce; the boot in which it was sent.
alter table commands add column nonce text not null default '' check (nonce ~ '^([0-9a-f]{32})?$');
alter table commands add column nonce_boot_id text not null default '' check (length(nonce_boot_id) <= 64);
alter table commands add column nonce_at timestamptz;
alter table commands add column signed_nonce text not null default '';
alter table commands add column token text not null default '' check (length(token) <= 600);
alter table commands add column boot_id text not null default '';
create index on commands (nonce_at) where state = 'queued' and nonce <> signed_nonce;
create index on commands (updated_at) where state in ('queued', 'sent', 'running');
drop index commands_router_id_idx;
create index on commands (router_id) where state in ('queued', 'sent', 'running');

-- What is over stays so, and what was decided is not changed: whoever holds a process' role cannot have something done again.
-- The same table as common/model/command.cpp (tests/adapters/db/commands_test.cpp compares them).
create function command_moves() returns trigger language plpgsql as $$
begin
    if new.state <> old.state and not (
        (old.state = 'queued' and new.state in ('sent', 'failed', 'expired', 'cancelled'))
        or old.state = 'sent'
        or (old.state = 'running' and new.state in ('succeeded', 'failed', 'cancelled'))) then
        raise exception 'a command that is % does not become %', old.state, new.state using errcode = 'check_violation';
    end if;
    if (new.id, new.organisation_id, new.router_id, new.custody_id, new.kind, new.parameters, new.key, new.expires_at)
        is distinct from (old.id, old.organisation_id, old.router_id, old.custody_id, old.kind, old.parameters, old.key, old.expires_at) then
        raise exception 'what a command is does not change' using errcode = 'check_violation';
    end if;
    new.updated_at := now();
    if new.state in ('succeeded', 'failed', 'expired', 'cancelled') then new.finished_at := coalesce(new.finished_at, now()); end if;
    return new;
end $$;
create trigger command_moves before update on commands for each row execute function command_moves();

-- Releases: what the offline key signed. The bundle in parts of 256 KiB, so that every hub has it.
create table software_releases (
    id uuid primary key default gen_random_uuid(),
    version text not null check (version ~ '^[0-9A-Za-z][0-9A-Za-z.+~-]{0,63}$'),
    architecture text not null check (architecture ~ '^[0-9A-Za-z][0-9A-Za-z.+~-]{0,63}$'),
    size_bytes bigint not null check (size_bytes > 0),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    signature text not null check (length(signature) between 1 and 10000),
    minimum_version text not null default '' check (length(minimum_version) <= 64),
    created_at timestamptz not null default now(),
    withdrawn_at timestamptz,
    unique (version, architecture)
);
create table software_parts (
    release_id uuid not null references software_releases on delete cascade,
    number integer not null check (number >= 0),
    bytes bytea not null check (length(bytes) between 1 and 262144),
    primary key (release_id, number)
);

-- A roll-out: a canary group (step 0), then growing parts of the rest (steps 1, 2, …). It stops by itself when too many failed.
create table rollouts (
    id uuid primary key default gen_random_uuid(),
    release_id uuid not null references software_releases,
    name text not null check (length(name) between 1 and 100),
    state text not null default 'draft' check (state in ('draft', 'running', 'paused', 'stopped', 'cancelled', 'finished')),
    percentages integer[] not null check (array_length(percentages, 1) between 1 and 10),
    step integer not null default 0,
    most_failed_percent integer not null check (most_failed_percent between 0 and 100),
    soak_seconds integer not null check (soak_seconds between 0 and 2592000),
    most_at_once integer not null check (most_at_once between 1 and 1000),
    stop_reason text not null default '',
    created_at timestamptz not null default now(),
    created_by uuid references users,
    started_at timestamptz,
    step_at timestamptz,
    finished_at timestamptz
);
create index on rollouts (created_at desc, id);
create table rollout_routers (
    rollout_id uuid not null references rollouts on delete cascade,
    router_id uuid not null references routers,
    step integer not null,
    state text not null default 'pending' check (state in ('pending', 'told', 'succeeded', 'failed', 'left_out')),
    command_id uuid references commands,
    attempts integer not null default 0,
    changed_at timestamptz not null default now(),
    primary key (rollout_id, router_id)
);
create index on rollout_routers (router_id);

create policy jobs_work on commands to current_user using (true) with check (true);
create policy jobs_are_told on audit_log for insert to current_user with check (split_part(action, '.', 1) in ('command', 'rollout', 'release'));
create policy hub_looks on commands for select to vivi_hub using (true);
create policy staff_reads on commands for select to vivi_staff using (true);
create policy staff_commands on commands for insert to vivi_staff with check (by_staff and state = 'queued');
create policy staff_cancels on commands for update to vivi_staff using (by_staff) with check (state = 'cancelled');
create policy staff_reads_jobs on audit_log for select to vivi_staff using (split_part(action, '.', 1) in ('command', 'rollout', 'release'));

grant select on commands to vivi_staff;
grant insert (organisation_id, router_id, custody_id, kind, parameters, key, created_by, expires_at, by_staff) on commands to vivi_staff;
grant update (state, detail) on commands to vivi_staff;
grant select (custody_id, boot_id, event_id) on routers to vivi_staff;
grant select on software_releases to vivi_api, vivi_staff, vivi_hub;
grant select on software_parts to vivi_hub;
grant update (withdrawn_at) on software_releases to vivi_staff;
grant select, insert on rollouts, rollout_routers to vivi_staff;
grant update (state, step_at, started_at, finished_at, stop_reason) on rollouts to vivi_staff;
grant update (state, command_id, changed_at) on rollout_routers to vivi_staff;
-- The hub carries: it makes no command and signs none.
revoke insert on commands from vivi_hub;
grant update (state, detail, progress, result, sent_at, nonce, nonce_boot_id, nonce_at, boot_id) on commands to vivi_hub;
grant update (detail) on commands to vivi_api;

-- For vivi-server, which holds the command key: commands of every organisation whose router waits for a token. Older nonces than 50 s are
-- not worth it: the router forgets them after 60 s.
create function commands_to_sign(most integer) returns table (command uuid, organisation uuid, router uuid, custody uuid, fingerprint text,
        kind text, parameters jsonb, nonce text, boot_id text)
    language sql stable security definer set search_path = public, pg_temp as $$
    select c.id, c.organisation_id, c.router_id, c.custody_id, r.fingerprint, c.kind, c.parameters, c.nonce, c.nonce_boot_id
        from commands c join routers r on r.id = c.router_id
        where c.state = 'queued' and c.nonce <> '' and c.nonce <> c.signed_nonce and c.nonce_at > now() - interval '50 seconds'
        and c.expires_at > now() and r.state = 'accepted' and r.custody_id = c.custody_id and r.organisation_id = c.organisation_id
        order by c.nonce_at limit most
$$;
create function keep_token(signed uuid, for_nonce text, its_token text) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update commands set token = its_token, signed_nonce = for_nonce where id = signed and nonce = for_nonce and state = 'queued';
    return found;
end $$;

-- What time alone decides. Which routers' viewers should look again.
create function settle_commands() returns table (router uuid, organisation uuid)
    language sql security definer set search_path = public, pg_temp as $$
    with settled as (
        update commands c set
            state = case when c.state = 'queued' then 'expired' when c.kind = 'power_off' and c.state = 'running' then 'succeeded' else 'failed' end,
            detail = case when c.state = 'queued' then 'the router was not within reach in time'
                          when c.kind = 'power_off' and c.state = 'running' then 'the router is off'
                          when c.state = 'sent' then 'the router did not come back to say whether it was done'
                          else 'the router did not come back' end
            from routers r where r.id = c.router_id and (
                (c.state = 'queued' and c.expires_at <= now())
                or (c.state = 'running' and c.kind = 'power_off' and r.hub = '' and r.disconnected_at > c.sent_at
                    and r.disconnected_at < now() - interval '60 seconds')
                or (c.state in ('sent', 'running') and greatest(c.expires_at, c.updated_at) < now() - interval '1 day'))
            returning c.router_id, c.organisation_id)
    select distinct router_id, organisation_id from settled
$$;

-- Whether a router's event goes on: then nothing is rolled out on it. An event without a beginning or an end has none.
create function is_frozen(its_event uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from events e where e.id = its_event and e.closed_at is null
        and coalesce(e.starts_at, '-infinity') <= now() and coalesce(e.ends_at, 'infinity') > now())
$$;
create function is_reachable(router routers) returns boolean language sql stable as $$
    select coalesce(router.hub <> '' and router.last_seen_at > now() - interval '60 seconds', false)
$$;

-- One turn of one running roll-out: takes in what commands came to, stops, advances, finishes, or tells the next routers. Returns whom
-- it told. A router that is away or frozen stays pending and holds nobody up.
create function advance_rollout(which uuid) returns table (router uuid, organisation uuid)
    language plpgsql security definer set search_path = public, pg_temp as $$
declare it rollouts; failures bigint; tried bigint; under_way bigint;
begin
    select * into it from rollouts where id = which and state in ('running', 'paused') for update;
    if not found then return; end if;
    update rollout_routers m set changed_at = now(),
            state = case c.state when 'succeeded' then 'succeeded' when 'failed' then 'failed' when 'expired' then 'pending' else 'left_out' end
        from commands c where m.rollout_id = which and m.state = 'told' and c.id = m.command_id
        and c.state in ('succeeded', 'failed', 'expired', 'cancelled');
    update rollout_routers m set changed_at = now(), state = 'left_out' from routers r
        where m.rollout_id = which and m.state in ('pending', 'told') and r.id = m.router_id and r.state <> 'accepted';
    update rollout_routers m set changed_at = now(), state = 'succeeded' from routers r, software_releases s
        where m.rollout_id = which and m.state = 'pending' and r.id = m.router_id and s.id = it.release_id
        and r.software like '% ' || s.version;
    if it.state = 'paused' then return; end if;
    if exists (select from software_releases s where s.id = it.release_id and s.withdrawn_at is not null) then
        update rollouts set state = 'stopped', stop_reason = 'the release was withdrawn' where id = which;
        insert into audit_log (user_id, action, target) values (it.created_by, 'rollout.stopped', which::text);
        return;
    end if;

    select count(*) filter (where m.state = 'failed'), count(*) filter (where m.state in ('told', 'succeeded', 'failed')),
           count(*) filter (where m.state = 'told') into failures, tried, under_way from rollout_routers m where m.rollout_id = which;
    if failures * 100 > it.most_failed_percent * tried then
        update commands c set state = 'cancelled', detail = 'the roll-out stopped' from rollout_routers m
            where m.rollout_id = which and c.id = m.command_id and c.state = 'queued';
        update rollout_routers m set state = 'pending', command_id = null, changed_at = now() from commands c
            where m.rollout_id = which and m.state = 'told' and c.id = m.command_id and c.state = 'cancelled';
        update rollouts set state = 'stopped', stop_reason = failures || ' of ' || tried || ' routers failed' where id = which;
        insert into audit_log (user_id, action, target, detail) values (it.created_by, 'rollout.stopped', which::text,
            jsonb_build_object('failed', failures, 'tried', tried));
        return;
    end if;
    if not exists (select from rollout_routers m where m.rollout_id = which and m.state in ('pending', 'told')) then
        update rollouts set state = 'finished', finished_at = now() where id = which;
        insert into audit_log (user_id, action, target) values (it.created_by, 'rollout.finished', which::text);
        return;
    end if;
    -- The next step: nobody of this one is under way or could be told now, and somebody of it has had the new version for a while.
    if it.step < array_length(it.percentages, 1) and under_way = 0
        and not exists (select from rollout_routers m join routers r on r.id = m.router_id where m.rollout_id = which and m.state = 'pending'
            and m.step <= it.step and is_reachable(r) and not is_frozen(r.event_id))
        and (exists (select from rollout_routers m where m.rollout_id = which and m.step <= it.step and m.state = 'succeeded')
            or not exists (select from rollout_routers m where m.rollout_id = which and m.step = it.step and m.state = 'pending'))
        and (select coalesce(max(m.changed_at), '-infinity') from rollout_routers m where m.rollout_id = which and m.step <= it.step
            and m.state in ('succeeded', 'failed')) <= now() - it.soak_seconds * interval '1 second' then
        update rollouts set step = it.step + 1, step_at = now() where id = which;
        it.step := it.step + 1;
        insert into audit_log (user_id, action, target, detail)
            values (it.created_by, 'rollout.advanced', which::text, jsonb_build_object('step', it.step));
    end if;
    return query
        with ready as (
            select m.router_id, m.attempts + 1 as attempt from rollout_routers m join routers r on r.id = m.router_id
                where m.rollout_id = which and m.state = 'pending' and m.step <= it.step and r.state = 'accepted' and is_reachable(r)
                and not is_frozen(r.event_id) and not exists (select from commands c where c.router_id = r.id
                    and c.kind = 'update_software' and c.state in ('queued', 'sent', 'running'))
                order by m.step, m.changed_at limit greatest(it.most_at_once - under_way, 0)),
        made as (
            insert into commands (organisation_id, router_id, custody_id, kind, parameters, key, created_by, by_staff, expires_at)
                select r.organisation_id, r.id, r.custody_id, 'update_software', jsonb_build_object('version', s.version,
                    'architecture', s.architecture, 'size_bytes', s.size_bytes, 'sha256', s.sha256, 'signature', s.signature,
                    'minimum_version', s.minimum_version), 'rollout:' || which || ':' || ready.attempt, it.created_by, true,
                    now() + interval '1 hour'
                from ready join routers r on r.id = ready.router_id join software_releases s on s.id = it.release_id
                where s.withdrawn_at is null and r.custody_id is not null
                returning id, router_id, organisation_id),
        audited as (
            insert into audit_log (organisation_id, user_id, action, target, detail)
                select organisation_id, it.created_by, 'command.made', router_id::text,
                    jsonb_build_object('command', id, 'kind', 'update_software', 'rollout', which) from made),
        told as (
            update rollout_routers m set state = 'told', command_id = made.id, attempts = m.attempts + 1, changed_at = now()
                from made where m.rollout_id = which and m.router_id = made.router_id)
        select made.router_id, made.organisation_id from made;
end $$;

revoke execute on function commands_to_sign(integer), keep_token(uuid, text, text), settle_commands(), is_frozen(uuid), advance_rollout(uuid) from public;
grant execute on function commands_to_sign(integer), keep_token(uuid, text, text), settle_commands() to vivi_api;
grant execute on function advance_rollout(uuid), is_frozen(uuid) to vivi_staff;
