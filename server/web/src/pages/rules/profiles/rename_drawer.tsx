// Gives a profile another name or description.
// SPDX-License-Identifier: Apache-2.0
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { RenameProfileDocument, type PolicyProblemFragment, type ProfileFieldsFragment } from '../../../generated/graphql';
import { Button } from '../../../ui/button';
import { Drawer } from '../../../ui/dialog';
import { Field, TextArea } from '../../../ui/field';
import { checkName, type Problem } from '../check';
import { Problems } from '../problems';
import { useProblemText } from '../subject_fields';

export function RenameDrawer({ profile, onClose, onRenamed }: { profile: ProfileFieldsFragment; onClose: () => void; onRenamed: () => void }) {
  const { t } = useTranslation('rules');
  const client = useClient();
  const say = useProblemText();
  const [name, setName] = useState(profile.name);
  const [description, setDescription] = useState(profile.description);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [problems, setProblems] = useState<readonly PolicyProblemFragment[]>([]);
  async function submit(event: FormEvent) {
    event.preventDefault();
    const checked = checkName(name);
    setProblem('problem' in checked ? checked.problem : null);
    if ('problem' in checked) return;
    const { data } = await client.mutation(RenameProfileDocument, { input: { profileId: profile.id, name: checked.value, description: description.trim() } }).toPromise();
    const errors = data?.renameProfile.errors ?? [{ code: '', message: t('profiles.failed'), path: null }];
    setProblems(errors);
    if (errors.length > 0) return;
    onRenamed();
    onClose();
  }
  return (
    <Drawer title={t('profiles.rename')} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate className="space-y-5">
        <Field label={t('profiles.name')} value={name} problem={say(problem ?? undefined)} onChange={(event) => setName(event.target.value)} />
        <TextArea label={t('profiles.description')} rows={3} maxLength={1000} value={description} onChange={(event) => setDescription(event.target.value)} />
        <Problems problems={problems} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('form.cancel')}</Button>
          <Button type="submit" look="primary">
            {t('profiles.renameOk')}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
