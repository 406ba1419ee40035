// Sends decisions about devices: shown as sent at once, put right by the server's answer, with a way back.
// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { BanDevicesDocument, SetDeviceBannedDocument, type DeviceFieldsFragment } from '../generated/graphql';
import { worked } from '../api_error';
import { showToast } from '../ui/toasts';
import { applyAnswer, labelOf, withoutPending, withPending } from './devices';
import type { Network } from './network';

export type Named = Pick<DeviceFieldsFragment, 'id' | 'name' | 'hostname' | 'mac' | 'banReason' | 'bannedUntil'>;

export interface Terms {
  readonly reason?: string;
  /** RFC 3339; null: until somebody lifts it; absent: the event's end. */
  readonly until?: string | null;
  /** Of a protected device: its name, as typed. */
  readonly confirm?: string;
}

/** As many as the server takes at once. */
const atOnce = 500;

export function useBans(network: Network) {
  const { t } = useTranslation();
  const [, setDeviceBanned] = useMutation(SetDeviceBannedDocument);
  const [, banDevices] = useMutation(BanDevicesDocument);

  const settle = useCallback(
    (ids: readonly string[], answered: readonly DeviceFieldsFragment[]) => {
      let state = network.devices.latest();
      for (const id of ids) state = withoutPending(state, id);
      for (const device of answered) state = applyAnswer(state, device);
      network.devices.update(state, 'now');
    },
    [network],
  );

  return useCallback(
    async function decide(devices: readonly Named[], banned: boolean, terms: Terms = {}): Promise<boolean> {
      const ids = devices.map((each) => each.id);
      network.devices.update(ids.reduce((state, id) => withPending(state, id, banned), network.devices.latest()), 'now');
      const about = ids.length === 1 ? ids[0]! : 'bans';
      const [first] = devices;
      let ok = true;
      if (ids.length === 1 && first) {
        const { data, error } = await setDeviceBanned({ input: { deviceId: first.id, banned, ...terms } });
        settle(ids, data?.setDeviceBanned.device ? [data.setDeviceBanned.device] : []);
        ok = worked(about, data?.setDeviceBanned, error);
      } else {
        const { confirm: _, ...rest } = terms;
        for (let from = 0; from < ids.length; from += atOnce) {
          const part = ids.slice(from, from + atOnce);
          const { data, error } = await banDevices({ input: { deviceIds: part, banned, ...rest } });
          settle(part, data?.banDevices.devices ?? []);
          ok = worked(about, data?.banDevices, error) && ok;
        }
      }
      if (!ok || !first) return false;
      const undo = () => void decide(devices, !banned, banned ? {} : { reason: first.banReason, until: first.bannedUntil ?? null });
      const content =
        ids.length === 1 ? (
          <>
            {banned ? t('ban.sent') : t('ban.lifting')}
            <bdi className="font-medium">{labelOf(first)}</bdi>
          </>
        ) : (
          t(banned ? 'ban.sentMany' : 'ban.liftingMany', { count: ids.length })
        );
      showToast({ about, tone: 'plain', content, action: { label: t('ban.undo'), run: undo } });
      return true;
    },
    [network, setDeviceBanned, banDevices, settle, t],
  );
}
