// What the traffic goes to: the names with the most bytes, and how Vivi knows each of them.
// SPDX-License-Identifier: Apache-2.0
import { memo, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NameFieldsFragment } from '../../generated/graphql';
import { counted, formatBytes } from '../../format/quantity';
import type { Network } from '../../live/network';
import { useStore } from '../../live/paced_store';
import { sumOf } from '../../live/traffic';
import { Button } from '../../ui/button';

const atMost = 10;
const atFirstOnPhones = 5;

export const NamesPanel = memo(function NamesPanel({ network }: { network: Network }) {
  const { t } = useTranslation('now');
  const byRouter = useStore(network.traffic);
  const { topNames } = useMemo(() => sumOf(byRouter.values()), [byRouter]);
  const [all, setAll] = useState(false);
  const names = topNames.slice(0, atMost);
  const most = Math.max(1, ...names.map(bytesOf));
  return (
    <section className="panel min-w-0 p-4" aria-labelledby="names-title">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h2 id="names-title" className="font-semibold">
          {t('names.title')}
        </h2>
        <p className="text-muted text-xs">{t('traffic.window')}</p>
      </div>
      {names.length === 0 && <p className="text-muted leading-relaxed">{t('names.empty')}</p>}
      <ol data-testid="names" className={all ? '' : 'max-md:[&>:nth-child(n+6)]:hidden'}>
        {names.map((name) => (
          <NameRow key={`${name.source}/${name.name}`} name={name} share={bytesOf(name) / most} />
        ))}
      </ol>
      {!all && names.length > atFirstOnPhones && (
        <Button size="small" className="mt-2 md:hidden" onClick={() => setAll(true)}>
          {t('names.all', { number: names.length })}
        </Button>
      )}
    </section>
  );
});

function bytesOf(name: NameFieldsFragment): number {
  return name.bytesUp + name.bytesDown;
}

function NameRow({ name, share }: { name: NameFieldsFragment; share: number }) {
  const { t, i18n } = useTranslation('now');
  const language = i18n.language;
  const totals = `${t('traffic.down')} ${formatBytes(name.bytesDown, language)}, ${t('traffic.up')} ${formatBytes(name.bytesUp, language)}`;
  return (
    <li data-testid="name" data-name={name.name} data-source={name.source} data-bytes-down={name.bytesDown} data-bytes-up={name.bytesUp} className="py-1">
      <div className="flex items-baseline gap-3">
        <span className={`min-w-0 truncate ${name.name ? 'font-medium' : 'text-muted italic'}`} title={name.name}>
          {name.name ? <bdi>{name.name}</bdi> : t('names.unnamed')}
        </span>
        <span className="ml-auto shrink-0 font-medium tabular-nums" title={totals}>
          {formatBytes(bytesOf(name), language)}
        </span>
      </div>
      <div className="text-muted mt-0.5 flex items-center gap-2 text-xs">
        <div aria-hidden="true" className="bg-sunken h-1 min-w-0 flex-1 overflow-hidden rounded-full">
          <div className="bg-accent h-full origin-left rounded-full" style={{ transform: `scaleX(${share.toFixed(3)})` }} />
        </div>
        <span className="w-34 shrink-0 text-right whitespace-nowrap">
          <span title={t(`names.sourceHelp.${name.source}`)}>{t(`names.sources.${name.source}`)}</span>
          {' · '}
          {t('names.devices', counted(name.deviceCount, language))}
        </span>
      </div>
    </li>
  );
}
