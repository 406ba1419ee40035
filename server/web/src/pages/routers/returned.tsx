// Routers that were given back, folded away: when, and whether each has said what it forgot. For owners; nothing where there are none.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReturnedRoutersDocument, type ReturnedRoutersQuery } from '../../generated/graphql';
import { useFresh } from '../../forms/use_fresh';
import { counted } from '../../format/quantity';
import { formatMoment } from '../../format/time';
import { countsOf } from '../../parts/receipt';
import { StateMark } from '../../parts/state_mark';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';

const step = 20;
/** As many as the server gives at once. */
const most = 100;
const wiped = ['leases', 'outbox_entries', 'keys', 'files', 'messages'] as const;

/** Of a receipt (docs/protocol.md section 8): what it counts that there are words for, the most first. */
export function forgotten(receipt: unknown): readonly [(typeof wiped)[number], number][] {
  return countsOf((receipt as { wiped?: unknown } | null)?.wiped).flatMap(([name, count]) => {
    const known = wiped.find((each) => each === name);
    return known ? [[known, count]] : [];
  });
}

export function Returned() {
  const { t } = useTranslation('routers');
  const { may, organisationId } = usePlace();
  const [first, setFirst] = useState(step);
  const { data } = useFresh(ReturnedRoutersDocument, { organisationId, first }, { everyMs: 10_000, pause: !may('OWN') });
  const { edges = [], pageInfo } = data?.returnedRouters ?? {};
  if (edges.length === 0) return null;
  return (
    <details className="panel mt-6 px-4 py-3" data-testid="returned">
      <summary className="min-h-6 font-semibold">{t('returned.title')}</summary>
      <ul className="divide-line divide-y">
        {edges.map(({ node }) => (
          <Row key={node.routerId} router={node} />
        ))}
      </ul>
      {pageInfo?.hasNextPage && first < most && (
        <Button size="small" className="mt-3" onClick={() => setFirst(Math.min(most, first + 2 * step))}>
          {t('revisions.older')}
        </Button>
      )}
    </details>
  );
}

function Row({ router: { name, returnedAt, wipedAt, receipt } }: { router: ReturnedRoutersQuery['returnedRouters']['edges'][number]['node'] }) {
  const { t, i18n } = useTranslation('routers');
  const { language } = i18n;
  const moment = (at: string) => formatMoment(Date.parse(at), Date.now(), language);
  const what = new Intl.ListFormat(language).format(forgotten(receipt).map(([each, count]) => t(`returned.counts.${each}`, counted(count, language))));
  return (
    <li className="py-3" data-testid="returned-router" data-name={name} data-wiped={wipedAt !== null}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <bdi className="min-w-0 font-medium break-words">{name || t('unnamed')}</bdi>
        <span className="text-muted flex-1 text-xs">{t('returned.at', { time: moment(returnedAt) })}</span>
        <StateMark tone={wipedAt ? 'ok' : 'warn'}>{t(wipedAt ? 'returned.wiped' : 'returned.awaited')}</StateMark>
      </div>
      <p className="text-muted mt-1 leading-relaxed">{wipedAt ? t(what ? 'returned.forgot' : 'returned.nothing', { time: moment(wipedAt), what }) : t('returned.text')}</p>
    </li>
  );
}
