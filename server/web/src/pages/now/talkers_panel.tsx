// Who moves the most right now. The order is taken again every few seconds, so that it can be read.
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
  const taken = useRef<{ at: number; ids: readonly string[] }>({ at: 0, ids: [] });
  const now = Date.now();
  if (now - taken.current.at >= everyMs || taken.current.ids.length < atMost) taken.current = { at: now, ids: busiest(byId.values(), atMost).map((each) => each.id) };
  const rows = taken.current.ids.flatMap((id) => byId.get(id) ?? []);
  return (
    <Panel title={t('talkers.title')} note={t('tiles.now')} testId="talkers">
      {rows.length === 0 && <p className="text-muted leading-relaxed">{t('talkers.none')}</p>}
      <ol>
        {rows.map((device) => (
          <li key={device.id} className="flex items-baseline gap-3 py-1">
            <Link to={link('/devices', { device: device.id })} className="min-h-6 min-w-0 flex-1 truncate leading-6 font-medium hover:underline">
              <bdi>{labelOf(device)}</bdi>
            </Link>
            <span className="text-down shrink-0 text-xs">
              ↓ <Rate value={device.rateDown} />
            </span>
            <span className="text-up w-20 shrink-0 text-right text-xs">
              ↑ <Rate value={device.rateUp} />
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
});
