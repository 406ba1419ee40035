// The person's own: who they are to Vivi, another password, leaving.
// SPDX-License-Identifier: Apache-2.0
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ChangePasswordDocument, LeaveOrganisationDocument } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Field } from '../../forms/field';
import { Problems } from '../../forms/problems';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { showToast } from '../../ui/toasts';
import { IdentityPanel } from './identity_panel';

export function AccountPart() {
  const { organisationId } = usePlace();
  return (
    <>
      <IdentityPanel />
      <PasswordPanel />
      {organisationId && <LeavePanel />}
    </>
  );
}

function PasswordPanel() {
  const { t } = useTranslation('settings');
  const change = useAct(ChangePasswordDocument);
  const form = useRef<HTMLFormElement>(null);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const { payload } = await change.run({ input: { currentPassword: String(fields.get('current')), newPassword: String(fields.get('new')) } });
    if (!payload) return;
    form.current?.reset();
    showToast({ about: 'password', tone: 'plain', content: t('account.passwordChanged') });
  }
  return (
    <Panel title={t('account.password')} note={t('account.passwordNote')}>
      <form ref={form} method="post" onSubmit={(event) => void submit(event)} data-testid="password-form">
        <div className="grid gap-x-4 sm:grid-cols-2">
          <Field label={t('account.current')} name="current" type="password" autoComplete="current-password" required />
          <Field label={t('account.new')} hint={t('account.newHint')} name="new" type="password" autoComplete="new-password" required />
        </div>
        <Problems of={change.problems} />
        <Button type="submit" className="mt-4" aria-disabled={change.isBusy}>
          {t('account.changePassword')}
        </Button>
      </form>
    </Panel>
  );
}

function LeavePanel() {
  const { t } = useTranslation('settings');
  const { organisationId, name } = usePlace();
  const leave = useAct(LeaveOrganisationDocument);
  const [isAsking, setAsking] = useState(false);
  async function submit() {
    const { payload } = await leave.run({ input: { organisationId } });
    if (payload) window.location.assign('/'); // What this person may see is another thing now.
  }
  return (
    <Panel
      title={t('account.leave')}
      actions={
        <Button size="small" className="text-danger" onClick={() => setAsking(true)}>
          {t('account.leaveOpen')}
        </Button>
      }
    >
      <p className="text-muted">
        <bdi>{name}</bdi>
      </p>
      {isAsking && (
        <Ask title={t('account.leaveAsk')} submit={t('account.leaveSubmit')} onSubmit={() => void submit()} onClose={() => setAsking(false)} isBusy={leave.isBusy} problems={leave.problems} typed={name} isDanger testId="leave">
          <p className="mt-2 leading-relaxed">{t('account.leaveText')}</p>
        </Ask>
      )}
    </Panel>
  );
}
