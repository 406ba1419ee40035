// Another name for a router.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { RenameRouterDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Field } from '../../forms/field';
import { showToast } from '../../ui/toasts';

interface Props {
  router: { id: string; name: string };
  onClose: () => void;
  onRenamed: () => void;
}

export function RenameDialog({ router, onClose, onRenamed }: Props) {
  const { t } = useTranslation('routers');
  const rename = useAct(RenameRouterDocument);
  const before = router.name;

  async function to(name: string): Promise<boolean> {
    const { payload } = await rename.run({ input: { routerId: router.id, name } });
    if (payload) onRenamed();
    return payload !== null;
  }
  async function submit(fields: FormData) {
    const name = String(fields.get('name')).trim();
    if (!(await to(name))) return;
    onClose();
    showToast({ about: 'rename', tone: 'plain', content: t('rename.done', { name }), action: { label: t('undo'), run: () => void to(before) } });
  }

  return (
    <Ask title={t('rename.title')} submit={t('rename.submit')} onSubmit={(fields) => void submit(fields)} onClose={onClose} isBusy={rename.isBusy} problems={rename.problems} testId="rename">
      <Field label={t('claim.name')} name="name" defaultValue={before} maxLength={100} required autoFocus autoComplete="off" />
    </Ask>
  );
}
