// Who works at this event only: their role holds here and nowhere else, and ends with it.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { EventMembersDocument } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { People } from '../../parts/people';
import type { EventDetail } from './event_page';

export function EventPeople({ event }: { event: EventDetail }) {
  const { t } = useTranslation('event');
  const { organisationId } = usePlace();
  const { data, error, again } = useFresh(EventMembersDocument, { organisationId, eventId: event.id });
  return (
    <Loaded data={data} error={error} retry={again}>
      {({ organisation, invitations }) => (
        <People
          title={t('parts.people')}
          note={t('people.note')}
          members={organisation?.members?.edges.map(({ node }) => node) ?? []}
          invitations={invitations.edges.map(({ node }) => node)}
          eventId={event.id}
          isClosed={Boolean(event.closedAt)}
          again={again}
        />
      )}
    </Loaded>
  );
}
