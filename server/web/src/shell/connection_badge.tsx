// Always visible: is this live, is it being reconnected, or as of when is it; and the button that holds it still.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatMoment } from '../format/time';
import type { Network } from '../live/network';
import { useStore } from '../live/paced_store';
import { useScope } from '../scope';
import { Button } from '../ui/button';
import { Icon } from '../ui/icons';
import { freshnessOf, type Freshness } from './freshness';

const dots: Record<Freshness['phase'], string> = {
  live: 'bg-ok breathes',
  connecting: 'bg-field',
  reconnecting: 'bg-warn breathes',
  paused: 'bg-field',
  asOf: 'bg-warn',
};

export function ConnectionBadge({ network }: { network: Network }) {
  const { t, i18n } = useTranslation();
  const connection = useStore(network.connection);
  const traffic = useStore(network.traffic);
  const pausedAt = useStore(network.pausedAt);
  const { routers } = useScope();

  const freshness = freshnessOf(connection, routers.map((each) => traffic.get(each.id)?.router ?? each), pausedAt);
  const asOf = freshness.at === null ? null : t('connection.asOf', { time: formatMoment(freshness.at, Date.now(), i18n.language) });
  const label = pausedAt === null ? t('connection.pause') : t('connection.resume');
  return (
    <div className="flex items-center gap-1">
      <p role="status" data-testid="connection" data-connection={freshness.phase} className="flex items-center gap-2 text-sm whitespace-nowrap">
        <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${dots[freshness.phase]}`} />
        {freshness.phase === 'asOf' ? (
          <span className="first-letter:uppercase">{asOf}</span>
        ) : (
          <span>
            <span className={asOf ? 'max-sm:sr-only' : ''}>{t(`connection.${freshness.phase}`)}</span>
            {asOf && <span className="text-muted"> {asOf}</span>}
          </span>
        )}
      </p>
      <Button size="icon" look="quiet" aria-label={label} title={label} data-testid="pause" onClick={() => network.setPaused(pausedAt === null)}>
        <Icon name={pausedAt === null ? 'pause' : 'play'} />
      </Button>
    </div>
  );
}
