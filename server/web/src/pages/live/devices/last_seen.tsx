// How long ago, said again every ten seconds without drawing the row.
// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { ageOf } from '../../../format/time';

const everyMs = 10_000;

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, everyMs);
  return () => clearInterval(timer);
}

export function LastSeen({ at }: { at: string }) {
  const { t, i18n } = useTranslation();
  const now = useSyncExternalStore(subscribe, () => Math.floor(Date.now() / everyMs) * everyMs);
  const age = ageOf(Date.parse(at), now, i18n.language);
  if (age.key === 'at') return <>{age.moment}</>;
  if (age.key === 'now') return <>{t('devices.ago.now')}</>;
  return <>{t(`devices.ago.${age.key}`, { count: age.count })}</>;
}
