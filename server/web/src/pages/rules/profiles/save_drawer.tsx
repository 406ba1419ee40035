// Keeps the policy that is decided here as a profile: a new one, or a version more of one that is there.
// SPDX-License-Identifier: Apache-2.0
import { useId, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { SaveProfileDocument, type PolicyProblemFragment } from '../../../generated/graphql';
import { Button } from '../../../ui/button';
import { Drawer } from '../../../ui/dialog';
import { Field, TextArea } from '../../../ui/field';
import { showToast } from '../../../ui/toasts';
import { checkName, type Problem } from '../check';
import { Problems } from '../problems';
import type { Shared } from '../rules_page';
import { useProblemText } from '../subject_fields';

interface Props extends Shared {
  taken: readonly string[];
  onClose: () => void;
  onSaved: () => void;
}

export function SaveDrawer({ target, editing, taken, onClose, onSaved }: Props) {
  const { t } = useTranslation('rules');
  const client = useClient();
  const say = useProblemText();
  const list = useId();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [problems, setProblems] = useState<readonly PolicyProblemFragment[]>([]);
  const [isBusy, setBusy] = useState(false);
  const isThere = taken.includes(name.trim());
  async function submit(event: FormEvent) {
    event.preventDefault();
    const checked = checkName(name);
    setProblem('problem' in checked ? checked.problem : null);
    if ('problem' in checked) return;
    setBusy(true);
    const from = target.kind === 'event' ? { eventId: target.id } : { routerId: target.id };
    const { data, error } = await client.mutation(SaveProfileDocument, { input: { from, name: checked.value, description: description.trim() } }).toPromise();
    setBusy(false);
    const payload = data?.saveProfile;
    if (error || !payload?.profile) return setProblems(payload?.errors ?? [{ code: '', message: t('profiles.failed'), path: null }]);
    showToast({ about: 'profile saved', tone: 'plain', content: t('profiles.saved', { name: payload.profile.name, version: payload.profile.version }) });
    onSaved();
    onClose();
  }
  return (
    <Drawer title={t('profiles.save')} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate className="space-y-5" data-testid="profile-form">
        <p className="leading-relaxed">{t('profiles.saveText', { name: target.name || t('target.unnamed') })}</p>
        {editing.isChanged && <p className="text-warn leading-relaxed">{t('profiles.notDraft')}</p>}
        <Field label={t('profiles.name')} hint={isThere ? t('profiles.newVersion') : t('profiles.nameHint')} list={list} autoComplete="off" value={name} name="name" problem={say(problem ?? undefined)} onChange={(event) => setName(event.target.value)} />
        <datalist id={list}>
          {taken.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <TextArea label={t('profiles.description')} rows={3} maxLength={1000} value={description} onChange={(event) => setDescription(event.target.value)} />
        <Problems problems={problems} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('form.cancel')}</Button>
          <Button type="submit" look="primary" disabled={isBusy} data-testid="profile-ok">
            {isThere ? t('profiles.saveVersion') : t('profiles.saveOk')}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
