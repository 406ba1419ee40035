-- The organiser's events, their phases, who belongs to what and for how long, and the staff's roles.
-- SPDX-License-Identifier: Apache-2.0

create table events (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations,
    name text not null check (length(name) between 1 and 100),
    template text not null default 'conference' check (template in ('conference', 'lan_party', 'hackathon', 'festival', 'school')),
    guests integer not null default 100 check (guests between 1 and 100000),
    time_zone text not null default 'UTC',
    starts_at timestamptz,
    ends_at timestamptz,
    policy jsonb,  -- as docs/protocol.md section 5, member `policy`; null: the routers keep their own
    policy_revision bigint not null default 0,
    created_at timestamptz not null default now(),
    closed_at timestamptz,  -- null while it goes on: then everything that is bound to it has ended
    unique (organisation_id, id),
    check (ends_at is null or starts_at is null or ends_at > starts_at)
);
create index on events (organisation_id, starts_at desc, id);

create table event_phases (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations,
    event_id uuid not null,
    name text not null check (length(name) between 1 and 63),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    check (ends_at > starts_at),
    foreign key (organisation_id, event_id) references events (organisation_id, id) on delete cascade
);
create index on event_phases (organisation_id, event_id, starts_at);

-- The event whose policy a router enforces; null: none.
alter table routers add column event_id uuid;
alter table routers add foreign key (organisation_id, event_id) references events (organisation_id, id);
create index on routers (event_id);

-- A membership is of the whole organisation, or of one event only; it may end by itself.
alter table memberships drop constraint memberships_pkey;
alter table memberships add column id uuid primary key default gen_random_uuid();
alter table memberships add column event_id uuid;
alter table memberships add column expires_at timestamptz;
alter table memberships add foreign key (organisation_id, event_id) references events (organisation_id, id) on delete cascade;
alter table memberships add unique nulls not distinct (organisation_id, user_id, event_id);
alter table memberships add check (event_id is null or role <> 'owner');
create index on memberships (user_id);

-- What somebody of Vivi's own staff may do in GodView; null: no staff.
alter table users add column staff_role text check (staff_role in ('support', 'operator', 'release', 'admin'));
update users set staff_role = 'admin' where is_staff;
alter table users drop column is_staff;

do $$
declare t text;
begin
    foreach t in array array['events', 'event_phases'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', t);
    end loop;
end $$;
create policy auth_reads on events for select to vivi_auth using (true);

grant select on events to vivi_auth, vivi_hub;
grant select, insert, update, delete on events, event_phases to vivi_api;
grant update (event_id) on routers to vivi_api;
