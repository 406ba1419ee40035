// Join: opens with its title.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { PageTitle } from '../../shell/page_title';

export function JoinPage() {
  const { t } = useTranslation('join');
  return <PageTitle title={t('title')} />;
}
