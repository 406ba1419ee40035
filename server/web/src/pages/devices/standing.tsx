// Which part of the policy holds for a device, and because of which rule.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { Detail } from './device_drawer';

export function Standing({ detail }: { detail: Detail }) {
  const { t } = useTranslation('devices');
  const { standing, mode, group, rule, schedules } = detail.standing;
  const isWaiting = standing === 'NEW' && rule !== null; // Where new devices are allowed, no rule says anything of it.
  return (
    <section aria-labelledby="standing-title" data-testid="standing" data-standing={standing}>
      <h3 id="standing-title" className="font-semibold">
        {t('standing.title')}
      </h3>
      <p className="mt-1 leading-relaxed">
        {isWaiting ? t('standing.waiting') : t(`standing.are.${standing}`)} {(standing === 'ADMITTED' || standing === 'NEW') && !isWaiting && t(`standing.modes.${mode}`)}
      </p>
      <ul className="text-muted mt-1 space-y-0.5 leading-relaxed">
        {rule && (
          <li>
            {t('standing.rule')} <bdi>{rule}</bdi>
          </li>
        )}
        {group && (
          <li>
            {t('standing.group')} <bdi>{group}</bdi>
          </li>
        )}
        {schedules.length > 0 && (
          <li>
            {t('standing.schedules')} <bdi>{schedules.join(', ')}</bdi>
          </li>
        )}
      </ul>
    </section>
  );
}
