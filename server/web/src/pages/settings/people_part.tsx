// Members of the whole organisation and who is invited to it.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { MembersDocument } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { People } from '../../parts/people';

export function PeoplePart() {
  const { t } = useTranslation('settings');
  const { organisationId } = usePlace();
  const { data, error, again } = useFresh(MembersDocument, { organisationId, after: null }, { everyMs: 20_000 });
  return (
    <Loaded data={data} error={error} retry={again}>
      {({ organisation, invitations }) => (
        <People
          title={t('people.title')}
          note={t('people.note')}
          members={organisation?.members?.edges.map(({ node }) => node) ?? []}
          invitations={invitations.edges.map(({ node }) => node).filter(({ eventId }) => eventId === null)}
          again={again}
        />
      )}
    </Loaded>
  );
}
