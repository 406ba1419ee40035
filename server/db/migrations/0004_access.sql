-- API tokens, show links, the staff's role, what ended whose access, and the audit log's readers.
-- SPDX-License-Identifier: Apache-2.0

do $$ begin
    if not exists (select from pg_roles where rolname = 'vivi_staff') then create role vivi_staff login; end if;
end $$;

-- For programs: acts as its user, in one organisation (or one event of it), never above `scope` nor above what the user may do now.
create table api_tokens (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations on delete cascade,
    event_id uuid,  -- null: the whole organisation
    user_id uuid not null references users on delete cascade,
    name text not null check (length(name) between 1 and 63),
    scope text not null check (scope in ('read', 'operate', 'manage')),
    token_hash bytea not null unique,  -- SHA-256; the token itself is shown once and stored nowhere
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    foreign key (organisation_id, event_id) references events (organisation_id, id) on delete cascade
);
create index on api_tokens (organisation_id, created_at desc, id);
create index on api_tokens (user_id);

-- For a big screen: whoever has the link sees aggregates of one event until it ends.
create table show_links (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations on delete cascade,
    event_id uuid not null,
    name text not null check (length(name) between 1 and 63),
    token_hash bytea not null unique,
    created_by uuid references users on delete set null,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    unique (organisation_id, id),
    foreign key (organisation_id, event_id) references events (organisation_id, id) on delete cascade
);
create index on show_links (organisation_id, event_id, created_at desc, id);

-- The cookie a link was exchanged for.
create table show_sessions (
    organisation_id uuid not null references organisations on delete cascade,
    link_id uuid not null,
    token_hash bytea primary key,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    foreign key (organisation_id, link_id) references show_links (organisation_id, id) on delete cascade
);
create index on show_sessions (expires_at);
create index on show_sessions (link_id);

do $$
declare t text;
begin
    foreach t in array array['api_tokens', 'show_links', 'show_sessions'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', t);
    end loop;
end $$;
create policy auth_finds on api_tokens for select to vivi_auth using (true);
create policy auth_notes on api_tokens for update to vivi_auth using (true) with check (true);
create policy auth_finds on show_links for select to vivi_auth using (true);
create policy auth_keeps on show_sessions to vivi_auth using (true) with check (true);

-- People are no tenant's: an organisation sees its members, and those who did something in it while they were.
alter table users enable row level security;
alter table users force row level security;
create policy owner_keeps on users to current_user using (true) with check (true);
create policy auth_keeps on users to vivi_auth using (true) with check (true);
create policy members_are_seen on users for select to vivi_api using (
    exists (select from memberships m where m.user_id = users.id and m.organisation_id = current_organisation())
    or exists (select from audit_log a where a.user_id = users.id and a.organisation_id = current_organisation()));

create index on audit_log (organisation_id, id desc);
create index on audit_log (user_id, organisation_id);

-- Whose access ended or changed: a user, a show link, or a router that changed hands. Every vivi-server reads it twice a second and looks
-- again at those it serves. Found by transaction, because ids become visible in another order than they were given.
create table access_changes (
    id bigint generated always as identity primary key,
    transaction xid8 not null default pg_current_xact_id(),
    subject uuid not null,
    at timestamptz not null default now()
);
create index on access_changes (transaction);
create index on access_changes (at);

create function note_access_change(whose uuid) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from access_changes where id in
        (select id from access_changes where at < now() - interval '1 hour' limit 100 for update skip locked);
    insert into access_changes (subject) values (whose);
end $$;
revoke execute on function note_access_change(uuid) from public;

create function access_of_user_changed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op <> 'INSERT' then perform note_access_change(old.user_id); end if;
    if tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.user_id <> old.user_id) then perform note_access_change(new.user_id); end if;
    return null;
end $$;
create function access_of_row_changed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform note_access_change(old.id);
    return null;
end $$;
create function access_of_event_changed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform note_access_change(user_id) from memberships where event_id = old.id;
    perform note_access_change(id) from show_links where event_id = old.id;
    return null;
end $$;
create trigger access_changed after insert or update or delete on memberships for each row execute function access_of_user_changed();
create trigger access_changed after delete or update of expires_at on sessions for each row execute function access_of_user_changed();
create trigger access_changed after delete or update of revoked_at, expires_at, scope on api_tokens for each row
    execute function access_of_user_changed();
create trigger access_changed after delete or update of revoked_at on show_links for each row execute function access_of_row_changed();
create trigger access_changed after update of staff_role on users for each row when (old.staff_role is distinct from new.staff_role)
    execute function access_of_row_changed();
create trigger access_changed after update of closed_at, ends_at on events for each row
    when (old.closed_at is distinct from new.closed_at or old.ends_at is distinct from new.ends_at)
    execute function access_of_event_changed();
create trigger access_changed after update of event_id, organisation_id, state on routers for each row
    when (old.event_id is distinct from new.event_id or old.organisation_id is distinct from new.organisation_id or old.state <> new.state)
    execute function access_of_row_changed();

-- GodView: every router and user, nothing of what a router saw.
create policy staff_reads on organisations for select to vivi_staff using (true);
create policy staff_reads on routers for select to vivi_staff using (true);
create policy staff_revokes on routers for update to vivi_staff using (true) with check (state = 'revoked');
create policy staff_reads on users for select to vivi_staff using (true);
create policy staff_appoints on users for update to vivi_staff using (true) with check (true);
create policy staff_reads on memberships for select to vivi_staff using (true);
-- Who did what to whom, but nothing that names a guest's device, a domain or a policy: those rows are the organisation's alone.
create policy staff_reads on audit_log for select to vivi_staff using (split_part(action, '.', 1) in
    ('staff', 'router', 'session', 'user', 'member', 'invitation', 'token', 'show_link', 'organisation', 'second_factor', 'recovery_codes',
     'recovery_code', 'password', 'access', 'category'));
create policy staff_writes on audit_log for insert to vivi_staff with check (true);

grant usage on schema public to vivi_staff;
grant execute on function current_organisation() to vivi_staff;
grant select on organisations, memberships, audit_log to vivi_staff;
grant select (id, organisation_id, name, fingerprint, state, software, desired_revision, applied_revision, apply_error, hub, connected_at,
              disconnected_at, last_seen_at, created_at) on routers to vivi_staff;
grant update (state) on routers to vivi_staff;
grant select (id, email, name, staff_role, created_at), update (staff_role) on users to vivi_staff;
grant select (user_id, last_seen_at) on sessions to vivi_staff;
grant insert on audit_log to vivi_staff;

grant select (id, email, name) on users to vivi_api;
grant insert (organisation_id, user_id, event_id, role, expires_at), update (role, expires_at), delete on memberships to vivi_api;
grant select (id, organisation_id, event_id, user_id, name, scope, created_at, expires_at, last_used_at, revoked_at),
      insert (organisation_id, event_id, user_id, name, scope, token_hash, expires_at), update (revoked_at) on api_tokens to vivi_api;
grant select (id, organisation_id, event_id, name, created_by, created_at, revoked_at),
      insert (organisation_id, event_id, name, token_hash, created_by), update (revoked_at) on show_links to vivi_api;
grant select on api_tokens, show_links, access_changes to vivi_auth;
grant update (last_used_at) on api_tokens to vivi_auth;
grant select, insert, delete on show_sessions to vivi_auth;
