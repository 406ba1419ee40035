// Who moves the most right now. Order and rates are taken together every few seconds, so that they can be read and agree.
// SPDX-License-Identifier: Apache-2.0
import { memo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { labelOf, type Device } from '../../live/devices';
import type { Network } from '../../live/network';
import { useStore } from '../../live/paced_store';
import { useScopedLink } from '../../scope';
import { Panel } from '../../ui/panel';
import { Rate } from '../../ui/quantity';

const atMost = 8;
const everyMs = 2_000;
const sumOf = (device: Device) => device.rateDown + device.rateUp;

/** The busiest first, without sorting all of them. */
export function busiest(devices: Iterable<Device>, most: number): readonly Device[] {
  const top: Device[] = [];
  for (const device of devices) {
    const sum = sumOf(device);
    if (sum === 0 || (top.length === most && sum <= sumOf(top.at(-1)!))) continue;
    const at = top.findIndex((each) => sumOf(each) < sum);
    top.splice(at < 0 ? top.length : at, 0, device);
    if (top.length > most) top.pop();
  }
  return top;
}

export const TalkersPanel = memo(function TalkersPanel({ network }: { network: Network }) {
  const { t } = useTranslation('now');
  const link = useScopedLink();
  const { byId } = useStore(network.devices);
  const taken = useRef<{ at: number; rows: readonly Device[] }>({ at: 0, rows: [] });
  const now = Date.now();
  if (now - taken.current.at >= everyMs || taken.current.rows.length < atMost) taken.current = { at: now, rows: busiest(byId.values(), atMost) };
  const { rows } = taken.current;
  return (
    <Panel title={t('talkers.title')} note={t('tiles.now')} testId="talkers">
      {rows.length === 0 && <p className="text-muted leading-relaxed">{t('talkers.none')}</p>}
      <ol>
        {rows.map((device) => (
          <li key={device.id} className="flex items-baseline gap-3 py-1" data-testid="talker" data-rate={sumOf(device)}>
            <Link to={link('/devices', { device: device.id })} className="min-h-6 min-w-0 flex-1 truncate leading-6 font-medium hover:underline">
              <bdi>{labelOf(device)}</bdi>
            </Link>
            <span className="text-down shrink-0 text-xs max-sm:hidden">
              ↓ <Rate value={device.rateDown} />
            </span>
            <span className="text-up w-20 shrink-0 text-right text-xs max-sm:hidden">
              ↑ <Rate value={device.rateUp} />
            </span>
            <span className="w-24 shrink-0 text-right font-medium tabular-nums">
              <Rate value={sumOf(device)} />
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
});
