// What was done, as the audit log names it (`policy.replaced`), in the reader's words; a name this page does not know stays as it is.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';

export function ActionWords({ action }: { action: string }) {
  const { t, i18n } = useTranslation('actions');
  if (!i18n.exists(action, { ns: 'actions' })) return <code>{action}</code>;
  return <>{t(action as 'policy.replaced')}</>;
}
