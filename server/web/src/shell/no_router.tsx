// Where there is no router yet: what to do about it.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSession } from '../session';
import { Empty } from '../ui/empty';

export function NoRouter() {
  const { t } = useTranslation();
  const { organisation, may } = useSession();
  return (
    <Empty title={t('network.none.title')} text={t('network.none.text', { organisation: organisation?.name ?? '' })}>
      {may('MANAGE') && (
        <Link to="/first-run" className="bg-accent text-on-accent inline-flex h-9 items-center rounded-md px-3.5 font-medium">
          {t('network.none.start')}
        </Link>
      )}
    </Empty>
  );
}
