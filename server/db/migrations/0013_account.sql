-- One's own account: which alarms people are told of and how, the browsers that are told, and what is still to be told.
-- SPDX-License-Identifier: Apache-2.0

-- Of a member, for one organisation. No row: not told.
create table notification_settings (
    organisation_id uuid not null references organisations on delete cascade,
    user_id uuid not null references users on delete cascade,
    kind text not null check (kind in ('router_offline', 'router_health', 'network')),
    by_email boolean not null,
    by_push boolean not null,
    primary key (organisation_id, user_id, kind)
);

-- Which of them an alarm is.
create function notification_kind(alarm text) returns text language sql immutable as $$
    select case when alarm = 'router.offline' then 'router_offline' when alarm like 'health.%' then 'router_health' else 'network' end $$;

-- Browsers that somebody signed in with, by what they call themselves without numbers: of a new one the person hears by e-mail.
create table known_browsers (
    user_id uuid not null references users on delete cascade,
    browser bytea not null,  -- SHA-256
    first_at timestamptz not null default now(),
    primary key (user_id, browser)
);
insert into known_browsers (user_id, browser)
    select distinct user_id, sha256(convert_to(regexp_replace(user_agent, '[0-9]+', '', 'g'), 'UTF8')) from sessions;

-- A browser that takes Web Push (RFC 8030). Who ends a session ends its browser's subscription; a session that ends by time leaves it.
create table push_subscriptions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users on delete cascade,
    session_id uuid references sessions on delete set null,
    endpoint text not null unique check (endpoint like 'https://%' and octet_length(endpoint) <= 2048),
    public_key bytea not null check (octet_length(public_key) = 65),  -- RFC 8291 section 2.1: P-256, uncompressed
    secret bytea not null check (octet_length(secret) = 16),          -- section 3.2: auth_secret
    user_agent text not null default '',
    created_at timestamptz not null default now(),
    last_sent_at timestamptz
);
create index on push_subscriptions (user_id, created_at desc);
create index on push_subscriptions (session_id);

create function end_push_subscription() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from push_subscriptions where session_id = old.id;
    return old;
end $$;
create trigger end_push_subscription before delete on sessions for each row when (old.expires_at > now())
    execute function end_push_subscription();

-- What is to be told to whom of an alarm that opened: by e-mail, or to one browser.
create table alarm_notices (
    id bigint generated always as identity primary key,
    organisation_id uuid not null references organisations on delete cascade,
    alarm_id bigint not null references alarms on delete cascade,
    user_id uuid not null references users on delete cascade,
    subscription_id uuid references push_subscriptions on delete cascade,  -- null: by e-mail
    due_at timestamptz not null,
    tries int not null default 0,
    done_at timestamptz,
    outcome text check (outcome in ('sent', 'over', 'refused', 'failed')),
    unique nulls not distinct (alarm_id, user_id, subscription_id),
    check ((done_at is null) = (outcome is null))
);
create index on alarm_notices (due_at) where done_at is null;
create index on alarm_notices (user_id, done_at) where outcome = 'sent';
create index on alarm_notices (organisation_id, user_id) where done_at is null;
create index on alarm_notices (subscription_id);

do $$
declare t text;
begin
    foreach t in array array['notification_settings', 'alarm_notices'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', t);
        execute format('create policy noted on %I to current_user using (true) with check (true)', t);
    end loop;
end $$;

-- Half a minute, so that what passes by itself is told nobody by e-mail; a push message is sooner there.
create function note_alarm() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into alarm_notices (organisation_id, alarm_id, user_id, subscription_id, due_at)
        select s.organisation_id, new.id, s.user_id, null, now() + interval '30 seconds' from notification_settings s
            where s.organisation_id = new.organisation_id and s.kind = notification_kind(new.kind) and s.by_email
        union all
        select s.organisation_id, new.id, s.user_id, p.id, now() + interval '5 seconds' from notification_settings s
            join push_subscriptions p on p.user_id = s.user_id
            where s.organisation_id = new.organisation_id and s.kind = notification_kind(new.kind) and s.by_push
        on conflict do nothing;
    return null;
end $$;
create trigger note_alarm after insert on alarms for each row when (new.cleared_at is null) execute function note_alarm();

-- Who belongs to an organisation no more is told nothing more of it; who belongs to none, and is none of the staff, nothing at all.
create function end_notifications() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from memberships where user_id = old.user_id and organisation_id = old.organisation_id) then
        delete from notification_settings where user_id = old.user_id and organisation_id = old.organisation_id;
        delete from alarm_notices where user_id = old.user_id and organisation_id = old.organisation_id and done_at is null;
    end if;
    if not exists (select from memberships where user_id = old.user_id)
       and not exists (select from users where id = old.user_id and staff_role is not null) then
        delete from push_subscriptions where user_id = old.user_id;
    end if;
    return null;
end $$;
create trigger end_notifications after delete on memberships for each row execute function end_notifications();

revoke execute on function end_push_subscription(), note_alarm(), end_notifications() from public;

-- Telling crosses organisations; what it may see of an alarm and its router is what it says.
create policy auth_tells on alarm_notices to vivi_auth using (true) with check (true);
create policy auth_tells on alarms for select to vivi_auth using (true);
create policy auth_tells on routers for select to vivi_auth using (true);
grant select, update (due_at, tries, done_at, outcome) on alarm_notices to vivi_auth;
grant select (id, organisation_id, router_id, kind, subject, at, cleared_at, acknowledged_at) on alarms to vivi_auth;
grant select (id, organisation_id, event_id, name, state) on routers to vivi_auth;
grant select, insert, update, delete on push_subscriptions to vivi_auth;
grant select, insert, delete on known_browsers to vivi_auth;
grant select, insert, update (by_email, by_push) on notification_settings to vivi_api;
