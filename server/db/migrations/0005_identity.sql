-- Invitations, proofs of an e-mail, second factors, and when a session was last stepped up. Secrets are stored hashed or sealed.
-- SPDX-License-Identifier: Apache-2.0

-- Null: nobody has shown yet that the mailbox is theirs. An operator vouches for the users of vivi-admin.
alter table users add column email_verified_at timestamptz;
update users set email_verified_at = created_at;
alter table users alter column email_verified_at set default now();

-- When the holder last gave a password or a code; signing in is the first time.
alter table sessions add column stepped_up_at timestamptz;

-- To a role of the whole organisation, or of one event. Two links lead to it: one is shown to the inviter, one only mailed; only
-- the second proves that the mailbox is the guest's.
create table invitations (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations on delete cascade,
    event_id uuid,
    email text not null check (email = lower(email) and position('@' in email) > 1 and length(email) <= 254),
    role text not null check (role in ('owner', 'organiser', 'operator', 'viewer')),
    membership_expires_at timestamptz,
    link_hash bytea not null unique,  -- SHA-256 of the token in the link that is shown
    mail_hash bytea not null unique,  -- and in the one that is mailed
    invited_by uuid not null references users on delete cascade,
    inviter_name text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid references users on delete set null,
    revoked_at timestamptz,
    foreign key (organisation_id, event_id) references events (organisation_id, id) on delete cascade,
    check (event_id is null or role <> 'owner')
);
create index on invitations (organisation_id, created_at desc, id);
create index on invitations (invited_by) where accepted_at is null and revoked_at is null;

alter table invitations enable row level security;
alter table invitations force row level security;
create policy tenant on invitations using (organisation_id = current_organisation()) with check (organisation_id = current_organisation());
-- A token is looked up before an organisation is known.
create policy auth_reads on invitations for select to vivi_auth using (true);
create policy auth_accepts on invitations for update to vivi_auth using (true) with check (true);
create policy auth_joins on memberships for insert to vivi_auth with check (true);
create policy auth_rejoins on memberships for update to vivi_auth using (true) with check (true);

create function role_rank(role text) returns int language sql immutable as
    $$ select case role when 'owner' then 4 when 'organiser' then 3 when 'operator' then 2 when 'viewer' then 1 else 0 end $$;

-- May this person give that role there now? Organisers and above, nothing above their own. The one place that says so in SQL.
create function may_invite(inviter uuid, organisation uuid, event uuid, given text) returns boolean language sql stable as $$
    select exists (select from memberships m left join events e on e.id = m.event_id
                   where m.user_id = inviter and m.organisation_id = organisation and (m.event_id is null or m.event_id = event)
                     and (m.expires_at is null or m.expires_at > now()) and e.closed_at is null
                     and role_rank(m.role) >= 3 and role_rank(m.role) >= role_rank(given))
       and (event is null or exists (select from events o where o.id = event and o.closed_at is null)) $$;

-- Who loses a membership, or rank in it, takes the open invitations along that they may no longer give.
create policy members_take_along on invitations to current_user using (true) with check (true);
create policy members_are_seen on memberships for select to current_user using (true);
create policy events_are_seen on events for select to current_user using (true);
create function end_invitations() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update invitations set revoked_at = now()
    where invited_by = old.user_id and organisation_id = old.organisation_id and accepted_at is null and revoked_at is null
      and not may_invite(invited_by, organisation_id, event_id, role);
    return null;
end $$;
create trigger end_invitations after update or delete on memberships for each row execute function end_invitations();

-- What a mailed link proves: that a mailbox is somebody's. Single use.
create table mailed_proofs (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users on delete cascade,
    purpose text not null check (purpose in ('verify', 'reset', 'change')),
    email text not null,
    token_hash bytea not null unique,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index on mailed_proofs (user_id);

-- The second factor (RFC 6238). Without confirmed_at it is only being set up, and nobody is asked for it.
create table second_factors (
    user_id uuid primary key references users on delete cascade,
    sealed_secret bytea not null,  -- docs/security.md, key totp
    created_at timestamptz not null default now(),
    confirmed_at timestamptz,
    last_step bigint not null default 0  -- The newest 30 s step whose code was used: none counts twice.
);
create table recovery_codes (
    user_id uuid not null references users on delete cascade,
    code_hash bytea not null,
    used_at timestamptz,
    primary key (user_id, code_hash)
);

-- A password was right, and the second factor is still to come.
create table login_challenges (
    token_hash bytea primary key,
    user_id uuid not null references users on delete cascade,
    expires_at timestamptz not null,
    attempts int not null default 0
);
create index on login_challenges (user_id);

grant select, insert, update (link_hash, mail_hash, inviter_name, invited_by, expires_at, revoked_at) on invitations to vivi_api;
grant select, update (mail_hash, accepted_at, accepted_by) on invitations to vivi_auth;
grant insert on users to vivi_auth;
grant insert, update (role, expires_at) on memberships to vivi_auth;
grant select, insert, update, delete on mailed_proofs, second_factors, recovery_codes, login_challenges to vivi_auth;
grant execute on function role_rank(text), may_invite(uuid, uuid, uuid, text) to vivi_api, vivi_auth;
