// Links to big screens, event by event.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { OpenEventsDocument } from '../../generated/graphql';
import { Choice } from '../../forms/field';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { Empty } from '../../ui/empty';
import { Panel } from '../../ui/panel';
import { ShowLinks } from '../../parts/show_links';

export function ScreensPart() {
  const { t } = useTranslation('settings');
  const { organisationId } = usePlace();
  const { data, error, again } = useFresh(OpenEventsDocument, { organisationId });
  const [chosen, setChosen] = useState('');
  return (
    <Panel title={t('screens.title')} note={t('screens.note')}>
      <Loaded data={data} error={error} retry={again}>
        {({ events }) => {
          const found = events.edges.map(({ node }) => node);
          const event = found.find(({ id }) => id === chosen) ?? found[0];
          if (!event) return <Empty title={t('screens.noEvent.title')} text={t('screens.noEvent.text')} />;
          return (
            <>
              {found.length > 1 && <Choice label={t('screens.event')} value={event.id} onChange={(change) => setChosen(change.currentTarget.value)} options={found.map(({ id, name }) => ({ value: id, label: name }))} />}
              <p className="mt-3 font-medium">
                <bdi>{event.name}</bdi>
              </p>
              <ShowLinks key={event.id} eventId={event.id} isClosed={false} />
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}
