// Who belongs to an organisation or to one event of it, who is invited, and what can be changed about that.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ResendInvitationDocument, RevokeInvitationDocument, type InvitationFieldsFragment, type MemberFieldsFragment } from '../generated/graphql';
import { useAct } from '../forms/act';
import { Problems } from '../forms/problems';
import { usePlace } from '../place';
import { useSession } from '../session';
import { Button } from '../ui/button';
import { Panel } from '../ui/panel';
import { Time } from '../ui/time';
import { StateMark } from './state_mark';
import { InviteDialog, LinkDialog, type Invited } from './invite_dialog';
import { MemberDialog } from './member_dialog';

interface Props {
  title: string;
  note: string;
  members: readonly MemberFieldsFragment[];
  invitations: readonly InvitationFieldsFragment[];
  eventId?: string;
  isClosed?: boolean;
  again: () => void;
}

export function People({ title, note, members, invitations, eventId, isClosed = false, again }: Props) {
  const { t } = useTranslation('settings');
  const { may } = usePlace();
  const [isInviting, setInviting] = useState(false);
  const [invited, setInvited] = useState<Invited | null>(null);
  const open = invitations.filter(({ state }) => state === 'OPEN');
  const invite = may('MANAGE') && !isClosed && (
    <Button look="primary" size="small" onClick={() => setInviting(true)} data-testid="invite-open">
      {t('people.invite')}
    </Button>
  );
  return (
    <>
      <Panel title={title} note={note} actions={invite}>
        {members.length === 0 && <p className="text-muted">{t('people.none')}</p>}
        <ul className="divide-line divide-y">
          {members.map((member) => (
            <Member key={member.id} member={member} again={again} />
          ))}
        </ul>
      </Panel>
      {open.length > 0 && (
        <Panel title={t('people.invited')} className="mt-4">
          <ul className="divide-line divide-y">
            {open.map((invitation) => (
              <Invitation key={invitation.id} invitation={invitation} again={again} onLink={setInvited} />
            ))}
          </ul>
        </Panel>
      )}
      {isInviting && (
        <InviteDialog
          {...(eventId ? { eventId } : {})}
          onClose={() => setInviting(false)}
          onDone={(done) => {
            setInviting(false);
            setInvited(done);
            again();
          }}
        />
      )}
      {invited && <LinkDialog invited={invited} onClose={() => setInvited(null)} />}
    </>
  );
}

function Member({ member, again }: { member: MemberFieldsFragment; again: () => void }) {
  const { t } = useTranslation(['settings', 'common']);
  const { me } = useSession();
  const { may } = usePlace();
  const [isOpen, setOpen] = useState(false);
  const isMe = member.userId === me.id;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="member" data-email={member.email} data-role={member.role}>
      <div className="min-w-0 flex-1 basis-56">
        <p className="truncate font-medium">
          <bdi>{member.name || member.email}</bdi>
          {isMe && <span className="text-muted font-normal"> {t('people.you')}</span>}
        </p>
        <p className="text-muted truncate text-xs">
          <bdi>{member.email}</bdi>
        </p>
      </div>
      <div className="basis-32">
        <p>{t(`roles.${member.role}`, { ns: 'common' })}</p>
        {member.expiresAt && (
          <p className="text-muted text-xs">
            {member.hasEnded ? t('people.ended') : t('people.until')} <Time at={member.expiresAt} />
          </p>
        )}
      </div>
      {may('MANAGE') && (
        <Button size="small" onClick={() => setOpen(true)} aria-label={t('people.changeThis', { name: member.name || member.email })}>
          {t('people.change')}
        </Button>
      )}
      {isOpen && (
        <MemberDialog
          member={member}
          isMe={isMe}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            again();
          }}
        />
      )}
    </li>
  );
}

function Invitation({ invitation, again, onLink }: { invitation: InvitationFieldsFragment; again: () => void; onLink: (invited: Invited) => void }) {
  const { t, i18n } = useTranslation(['settings', 'common']);
  const resend = useAct(ResendInvitationDocument);
  const revoke = useAct(RevokeInvitationDocument);
  async function renew() {
    const { payload } = await resend.run({ input: { id: invitation.id, language: i18n.language === 'fr' ? 'FR' : 'EN' } });
    if (!payload?.link) return;
    onLink({ email: invitation.email, link: payload.link, isMailed: payload.isMailed });
    again();
  }
  async function end() {
    const { payload } = await revoke.run({ id: invitation.id });
    if (payload) again();
  }
  return (
    <li className="py-2.5" data-testid="invitation" data-email={invitation.email}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <div className="min-w-0 flex-1 basis-56">
          <p className="truncate font-medium">
            <bdi>{invitation.email}</bdi>
          </p>
          <p className="text-muted text-xs">
            {t('people.invitedAs', { role: t(`roles.${invitation.role}`, { ns: 'common' }) })} · <StateMark tone="warn">{t('people.open')}</StateMark> · {t('people.until')} <Time at={invitation.expiresAt} />
          </p>
        </div>
        <Button size="small" aria-disabled={resend.isBusy} onClick={() => void renew()}>
          {t('people.renew')}
        </Button>
        <Button size="small" aria-disabled={revoke.isBusy} onClick={() => void end()} aria-label={t('people.revokeThis', { name: invitation.email })}>
          {t('revoke')}
        </Button>
      </div>
      <Problems of={[...resend.problems, ...revoke.problems]} />
    </li>
  );
}
