// The addresses a device had, the newest first.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Time } from '../../ui/time';
import type { Detail } from './device_drawer';

export function Leases({ leases }: { leases: readonly Detail['leases']['edges'][number]['node'][] }) {
  const { t } = useTranslation('devices');
  return (
    <section aria-labelledby="leases-title">
      <h3 id="leases-title" className="font-semibold">
        {t('leases.title')}
      </h3>
      {leases.length === 0 && <p className="text-muted mt-1">{t('leases.none')}</p>}
      <ul className="mt-1">
        {leases.map((lease) => (
          <li key={`${lease.address} ${lease.grantedAt}`} className="border-line flex flex-wrap items-baseline gap-x-3 border-b py-1.5 last:border-b-0">
            <span className="font-medium tabular-nums">{lease.address}</span>
            <span className="text-muted text-xs">
              <Time at={lease.grantedAt} /> – <Time at={lease.endedAt ?? lease.expiresAt} />
            </span>
            <span className="ml-auto text-xs">{t(`leases.states.${lease.state}`)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
