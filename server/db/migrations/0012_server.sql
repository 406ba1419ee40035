-- The course of an event: which routers were part of it when, and what people wrote down. Languages of people; ends that come by time.
-- SPDX-License-Identifier: Apache-2.0

-- Closing an event releases its routers: this is how its course and its report know them afterwards.
create table event_routers (
    organisation_id uuid not null references organisations,
    event_id uuid not null,
    router_id uuid not null references routers,
    from_at timestamptz not null,
    until_at timestamptz,  -- null: it still is
    primary key (event_id, router_id, from_at),
    foreign key (organisation_id, event_id) references events (organisation_id, id) on delete cascade
);
create index on event_routers (router_id) where until_at is null;

create table event_notes (
    id uuid primary key default gen_random_uuid(),
    organisation_id uuid not null references organisations,
    event_id uuid not null,
    at timestamptz not null default now(),  -- what it is about, not when it was written
    text text not null check (length(text) between 1 and 500),
    user_id uuid references users,
    foreign key (organisation_id, event_id) references events (organisation_id, id) on delete cascade
);
create index on event_notes (organisation_id, event_id, at desc, id desc);

do $$
declare t text;
begin
    foreach t in array array['event_routers', 'event_notes'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy tenant on %I using (organisation_id = current_organisation()) with check (organisation_id = current_organisation())', t);
    end loop;
end $$;
-- The owner writes down where routers go, whoever moves them.
create policy noted on event_routers to current_user using (true) with check (true);

create function note_event_router() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if old.event_id is not null then
        update event_routers set until_at = greatest(from_at, now()) where router_id = old.id and event_id = old.event_id and until_at is null;
    end if;
    if new.event_id is not null then
        insert into event_routers (organisation_id, event_id, router_id, from_at) values (new.organisation_id, new.event_id, new.id, clock_timestamp());
    end if;
    return null;
end $$;
revoke execute on function note_event_router() from public;
create trigger note_event_router after update of event_id on routers for each row
    when (old.event_id is distinct from new.event_id) execute function note_event_router();
insert into event_routers (organisation_id, event_id, router_id, from_at)
    select r.organisation_id, r.event_id, r.id, e.created_at from routers r join events e on e.id = r.event_id where r.event_id is not null;

grant select on event_routers to vivi_api, vivi_hub;
grant select, insert on event_notes to vivi_api;

-- Of letters to this person.
alter table users add column language text not null default 'en' check (language in ('en', 'fr'));

-- Whose access ends by time is looked for by the time: db::access_changes().
create index on memberships (expires_at) where expires_at is not null;
create index on sessions (expires_at);
create index on api_tokens (expires_at) where revoked_at is null;
create index on events (ends_at) where ends_at is not null;

-- How full a pool is, every minute.
create index on leases (organisation_id, router_id, network) where state = 'granted';
