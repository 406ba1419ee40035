// Names, groups and protection of devices: sent to the server, and what it answers shown at once.
// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { worked } from '../../api_error';
import { RenameDeviceDocument, SetDeviceGroupDocument, SetDevicesProtectedDocument, type DeviceFieldsFragment } from '../../generated/graphql';
import { applyAnswer, type Device } from '../../live/devices';
import type { Network } from '../../live/network';
import { showToast } from '../../ui/toasts';

const atOnce = 500;

/** In parts that the server takes, router by router. */
export function partsOf(devices: readonly Pick<Device, 'id' | 'routerId'>[]): { routerId: string; deviceIds: string[] }[] {
  const byRouter = new Map<string, string[]>();
  for (const { id, routerId } of devices) byRouter.set(routerId, [...(byRouter.get(routerId) ?? []), id]);
  return [...byRouter].flatMap(([routerId, ids]) =>
    Array.from({ length: Math.ceil(ids.length / atOnce) }, (_, part) => ({ routerId, deviceIds: ids.slice(part * atOnce, (part + 1) * atOnce) })),
  );
}

export function useDeviceEdits(network: Network) {
  const { t } = useTranslation(['devices', 'common']);
  const [, rename] = useMutation(RenameDeviceDocument);
  const [, setGroup] = useMutation(SetDeviceGroupDocument);
  const [, setProtected] = useMutation(SetDevicesProtectedDocument);

  const show = useCallback((devices: readonly DeviceFieldsFragment[]) => network.devices.update(devices.reduce(applyAnswer, network.devices.latest()), 'now'), [network]);
  const saved = useCallback((ok: boolean) => ok && showToast({ about: 'edit', tone: 'plain', content: t('saved') }), [t]);

  return {
    async rename(id: string, name: string) {
      const { data, error } = await rename({ input: { deviceId: id, name } });
      if (data?.renameDevice.device) show([data.renameDevice.device]);
      saved(worked('edit', data?.renameDevice, error));
    },
    async group(devices: readonly Device[], group: string | null) {
      let ok = true;
      for (const part of partsOf(devices)) {
        const { data, error } = await setGroup({ input: { ...part, group } });
        show(data?.setDeviceGroup.devices ?? []);
        ok = worked('edit', data?.setDeviceGroup, error) && ok;
      }
      saved(ok);
    },
    async protect(devices: readonly Device[], isProtected: boolean) {
      let ok = true;
      for (const part of partsOf(devices)) {
        const { data, error } = await setProtected({ input: { ...part, protected: isProtected } });
        show(data?.setDevicesProtected.devices ?? []);
        ok = worked('edit', data?.setDevicesProtected, error) && ok;
      }
      saved(ok);
    },
  };
}
