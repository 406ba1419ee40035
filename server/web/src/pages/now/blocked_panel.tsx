// What rules refused in the last quarter of an hour, and letting it through: for 15 minutes, for this event, for always.
// SPDX-License-Identifier: Apache-2.0
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { counted } from '../../format/quantity';
import { useSession } from '../../session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { Age } from '../../ui/time';
import type { RouterFacts } from './attention';
import { Item } from './item';
import type { Decisions } from './use_decisions';

const atMost = 8;
const quarterHour = 15;
/** As long as the server lets a name through at once. */
const mostMinutes = 10_080;

type Blocked = RouterFacts['recentlyBlocked'][number] & { readonly routerId: string };

/** Of all routers, what most devices asked for first; the same name once. */
export function blockedOf(routers: readonly RouterFacts[]): readonly Blocked[] {
  const all = new Map<string, Blocked>();
  for (const router of routers) {
    for (const each of router.recentlyBlocked) {
      const key = each.name ?? each.address ?? '';
      const before = all.get(key);
      all.set(key, before ? { ...before, deviceCount: before.deviceCount + each.deviceCount, hits: before.hits + each.hits } : { ...each, routerId: router.id });
    }
  }
  return [...all.values()].sort((a, b) => b.deviceCount - a.deviceCount || b.hits - a.hits).slice(0, atMost);
}

/** Minutes from now to the event's end; null when it has none, is over, or is too far away. */
export function minutesUntil(endsAt: string | null, now: number): number | null {
  if (endsAt === null) return null;
  const minutes = Math.ceil((Date.parse(endsAt) - now) / 60_000);
  return minutes > quarterHour && minutes <= mostMinutes ? minutes : null;
}

export const BlockedPanel = memo(function BlockedPanel({ routers, isKnown, endsAt, decisions }: { routers: readonly RouterFacts[]; isKnown: boolean; endsAt: string | null; decisions: Decisions }) {
  const { t } = useTranslation('now');
  const rows = blockedOf(routers);
  return (
    <Panel title={t('blocked.title')} note={t('blocked.window')} testId="blocked">
      {isKnown && rows.length === 0 && <p className="text-muted py-1 leading-relaxed">{t('blocked.none')}</p>}
      <ul>
        {rows.map((row) => (
          <BlockedRow key={row.name ?? row.address} row={row} eventMinutes={minutesUntil(endsAt, Date.now())} decisions={decisions} />
        ))}
      </ul>
    </Panel>
  );
});

const said = ['BANNED', 'NEW_DEVICE', 'DEVICE_DENY', 'GROUP_DENY', 'EVENT_DENY', 'CATEGORY', 'LIST', 'DEFAULT'] as const;

/** What a router drops by itself has no layer in the schema: its sentence says which (router/firewall/ruleset_limits.cpp). */
const byItself = {
  "another device's address": 'spoofed',
  'name denied in TLS or QUIC': 'cut',
  'another resolver': 'dns',
  'encrypted DNS or QUIC (strict mode)': 'strict',
  'IPv6 is dropped': 'ipv6',
  'rate limit': 'limit',
} as const;

/** The words for what refused; null: a newer router's, which this page does not know. */
export function reasonOf({ layer, rule }: Pick<Blocked, 'layer' | 'rule'>) {
  return said.find((known) => known === layer) ?? (Object.hasOwn(byItself, rule) ? byItself[rule as keyof typeof byItself] : null);
}

function BlockedRow({ row, eventMinutes, decisions }: { row: Blocked; eventMinutes: number | null; decisions: Decisions }) {
  const { t, i18n } = useTranslation('now');
  const { may } = useSession();
  const { name } = row;
  const reason = reasonOf(row);
  const isAllowed = row.decisionNow === 'ALLOW';
  const allow = (minutes?: number) => name && void decisions.allow(row.routerId, name, minutes);
  return (
    <Item
      testId="blocked-name"
      icon="ban"
      title={row.address === '*' ? t('blocked.anything') : <bdi className="break-all">{name ?? row.address}</bdi>}
      note={
        <>
          {row.deviceCount > 0 && `${t('names.devices', counted(row.deviceCount, i18n.language))} · `}
          {t('blocked.hits', counted(row.hits, i18n.language))} · <Age at={row.lastAt} />
          {' · '}
          {reason ? <span title={row.rule}>{t(`blocked.by.${reason}`)}</span> : <bdi lang="en">{row.rule}</bdi>}
        </>
      }
    >
      {isAllowed && <Badge tone="ok">{t('blocked.allowed')}</Badge>}
      {!isAllowed && name && may('OPERATE') && (
        <div role="group" aria-label={t('blocked.allowThis', { name })} className="flex flex-wrap gap-1.5">
          <Button size="small" onClick={() => allow(quarterHour)} data-testid="allow-15">
            {t('blocked.for15')}
          </Button>
          {eventMinutes !== null && (
            <Button size="small" onClick={() => allow(eventMinutes)} data-testid="allow-event">
              {t('blocked.forEvent')}
            </Button>
          )}
          <Button size="small" look="quiet" onClick={() => allow()}>
            {t('blocked.always')}
          </Button>
        </div>
      )}
    </Item>
  );
}
