// Where the rules apply: an event with all its routers, or a router by itself.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { Targets } from './use_targets';

export function TargetChoice({ targets: { all, target, choose } }: { targets: Targets }) {
  const { t } = useTranslation('rules');
  if (!target) return null;
  const events = all.filter(({ kind }) => kind === 'event');
  const routers = all.filter(({ kind }) => kind === 'router');
  const options = (each: typeof all) =>
    each.map(({ id, name, kind, routers: of }) => (
      <option key={id} value={id}>
        {kind === 'event' ? t('target.eventOption', { name, count: of.length }) : name || t('target.unnamed')}
      </option>
    ));
  return (
    <label className="flex min-w-0 items-center gap-2">
      <span className="shrink-0">{t('target.label')}</span>
      <select value={target.id} onChange={(event) => choose(event.target.value)} className="field text-ink max-w-64 min-w-0 font-medium" data-testid="policy-target">
        {events.length > 0 && <optgroup label={t('target.events')}>{options(events)}</optgroup>}
        {routers.length > 0 && <optgroup label={t('target.routers')}>{options(routers)}</optgroup>}
      </select>
    </label>
  );
}
