// An address that leads nowhere.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Empty } from '../ui/empty';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty title={t('notFound.title')} text={t('notFound.text')}>
      <Link to="/now" className="text-accent underline">
        {t('notFound.home')}
      </Link>
    </Empty>
  );
}
