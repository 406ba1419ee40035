// Inviting somebody: by mail when the server has mail, and by a link to copy in any case.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { InviteMemberDocument, type Role } from '../generated/graphql';
import { useAct } from '../forms/act';
import { Ask } from '../forms/ask';
import { Choice, Field } from '../forms/field';
import { Secret } from '../forms/secret';
import { rolesUpTo, usePlace } from '../place';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';

export interface Invited {
  readonly email: string;
  readonly link: string;
  readonly isMailed: boolean;
}

/** The end of a day, where the reader is; null when no day is given. */
export function endOfDay(day: string): string | null {
  const at = new Date(`${day}T23:59:59`);
  return day && !Number.isNaN(at.getTime()) ? at.toISOString() : null;
}

export function InviteDialog({ eventId, onClose, onDone }: { eventId?: string; onClose: () => void; onDone: (invited: Invited) => void }) {
  const { t, i18n } = useTranslation(['settings', 'common']);
  const { organisationId, role } = usePlace();
  const invite = useAct(InviteMemberDocument);

  async function submit(fields: FormData) {
    const email = String(fields.get('email')).trim();
    const { payload } = await invite.run({
      input: {
        organisationId,
        ...(eventId ? { eventId } : {}),
        email,
        role: String(fields.get('role')) as Role,
        membershipExpiresAt: endOfDay(String(fields.get('until') ?? '')),
        language: i18n.language === 'fr' ? 'FR' : 'EN',
      },
    });
    if (payload?.link) onDone({ email, link: payload.link, isMailed: payload.isMailed });
  }

  return (
    <Ask title={t('people.invite')} submit={t('people.inviteSubmit')} onSubmit={(fields) => void submit(fields)} onClose={onClose} isBusy={invite.isBusy} problems={invite.problems} testId="invite">
      <Field label={t('people.email')} name="email" type="email" inputMode="email" autoComplete="off" autoCapitalize="none" spellCheck={false} required autoFocus />
      <Choice label={t('people.role')} name="role" defaultValue="OPERATOR" options={rolesUpTo(role).map((value) => ({ value, label: t(`roles.${value}`, { ns: 'common' }) }))} hint={t('people.roleHint')} />
      <Field label={t('people.expires')} hint={t('people.expiresHint')} name="until" type="date" />
    </Ask>
  );
}

export function LinkDialog({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  const { t } = useTranslation('settings');
  return (
    <Dialog title={t('people.invitedTitle')} onClose={onClose}>
      <p className="mt-2 leading-relaxed">{t(invited.isMailed ? 'people.mailed' : 'people.notMailed', { email: invited.email })}</p>
      <Secret value={invited.link} label={t('people.link')} testId="invitation-link" />
      <p className="text-muted mt-2 text-xs">{t('people.linkHint')}</p>
      <div className="mt-5 flex justify-end">
        <Button look="primary" onClick={onClose}>
          {t('done')}
        </Button>
      </div>
    </Dialog>
  );
}
