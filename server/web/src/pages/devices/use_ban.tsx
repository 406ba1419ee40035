// Sends a decision about a device: shown as sent at once, put right by the server's answer, with a way back.
// SPDX-License-Identifier: Apache-2.0
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { SetDeviceBannedDocument } from '../../generated/graphql';
import { applyAnswer, labelOf, withPending, withoutPending, type Device } from '../../live/devices';
import type { Network } from '../../live/network';
import { showToast } from '../../ui/toasts';

export function useBan(network: Network) {
  const { t } = useTranslation(['devices', 'common']);
  const [, setDeviceBanned] = useMutation(SetDeviceBannedDocument);

  return useCallback(
    async function ban(device: Device, banned: boolean, reason = ''): Promise<void> {
      network.devices.update(withPending(network.devices.latest(), device.id, banned), 'now');
      const { data, error } = await setDeviceBanned({ input: { deviceId: device.id, banned, reason } });
      const answer = data?.setDeviceBanned;
      const settled = withoutPending(network.devices.latest(), device.id);
      network.devices.update(answer?.device ? applyAnswer(settled, answer.device) : settled, 'now');
      const problem = answer?.errors[0];
      if (error || problem) {
        const code = problem?.code ?? error?.graphQLErrors[0]?.extensions['code'];
        const known = code === 'NOT_FOUND' || code === 'FORBIDDEN' ? t(`common:ban.errors.${code}`) : null;
        const reasonWhy = known ?? problem?.message ?? (error?.networkError ? t('common:ban.unreachable') : error?.graphQLErrors[0]?.message) ?? '';
        return showToast({ about: device.id, tone: 'danger', content: t('common:ban.failed', { reason: reasonWhy }) });
      }
      const content = (
        <>
          {banned ? t('common:ban.sent') : t('common:ban.lifting')}
          <bdi className="font-medium">{labelOf(device)}</bdi>
        </>
      );
      showToast({ about: device.id, tone: 'plain', content, action: { label: t('common:ban.undo'), run: () => void ban(device, !banned, banned ? '' : device.banReason) } });
    },
    [network, setDeviceBanned, t],
  );
}
