// Another role for somebody, until another day; the end of their membership; an organisation handed over.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ChangeMemberDocument, HandOverOwnershipDocument, RemoveMemberDocument, type MemberFieldsFragment, type Role } from '../generated/graphql';
import { useAct } from '../forms/act';
import { Ask } from '../forms/ask';
import { Choice, Field } from '../forms/field';
import { rolesUpTo, usePlace } from '../place';
import { Button } from '../ui/button';
import { endOfDay } from './invite_dialog';

interface Props {
  member: MemberFieldsFragment;
  isMe: boolean;
  onClose: () => void;
  onDone: () => void;
}

export function MemberDialog({ member, isMe, onClose, onDone }: Props) {
  const { t } = useTranslation(['settings', 'common']);
  const { role, may } = usePlace();
  const change = useAct(ChangeMemberDocument);
  const [next, setNext] = useState<'remove' | 'handOver' | null>(null);
  const roles = [...new Set([...rolesUpTo(role), member.role])];

  async function submit(fields: FormData) {
    const { payload } = await change.run({ input: { memberId: member.id, role: String(fields.get('role')) as Role, expiresAt: endOfDay(String(fields.get('until') ?? '')) } });
    if (payload) onDone();
  }

  if (next) return <EndDialog member={member} isMe={isMe} what={next} onClose={() => setNext(null)} onDone={onDone} />;
  return (
    <Ask title={member.name || member.email} submit={t('people.save')} onSubmit={(fields) => void submit(fields)} onClose={onClose} isBusy={change.isBusy} problems={change.problems} testId="member-form">
      <Choice label={t('people.role')} name="role" defaultValue={member.role} options={roles.map((value) => ({ value, label: t(`roles.${value}`, { ns: 'common' }) }))} />
      <Field label={t('people.expires')} hint={t('people.expiresHint')} name="until" type="date" defaultValue={member.expiresAt?.slice(0, 10)} />
      <div className="mt-4 flex flex-wrap gap-2">
        <Button size="small" className="text-danger" onClick={() => setNext('remove')} data-testid="member-remove">
          {t(isMe ? 'people.leave' : 'people.remove')}
        </Button>
        {may('OWN') && !isMe && !member.eventId && member.role !== 'OWNER' && (
          <Button size="small" onClick={() => setNext('handOver')}>
            {t('people.handOver')}
          </Button>
        )}
      </div>
    </Ask>
  );
}

function EndDialog({ member, isMe, what, onClose, onDone }: Props & { what: 'remove' | 'handOver' }) {
  const { t } = useTranslation('settings');
  const remove = useAct(RemoveMemberDocument);
  const handOver = useAct(HandOverOwnershipDocument);
  const name = member.name || member.email;
  async function submit() {
    const { payload } = what === 'remove' ? await remove.run({ input: { memberId: member.id } }) : await handOver.run({ input: { memberId: member.id } });
    if (!payload) return;
    if (isMe) window.location.reload(); // What this person may see is another thing now.
    else onDone();
  }
  return (
    <Ask
      title={t(what === 'remove' ? (isMe ? 'people.leaveAsk' : 'people.removeAsk') : 'people.handOverAsk', { name })}
      submit={t(what === 'remove' ? (isMe ? 'people.leave' : 'people.remove') : 'people.handOver')}
      onSubmit={() => void submit()}
      onClose={onClose}
      isBusy={remove.isBusy || handOver.isBusy}
      problems={[...remove.problems, ...handOver.problems]}
      isDanger
      testId="member-end"
    >
      <p className="mt-2 leading-relaxed">{t(what === 'remove' ? 'people.removeText' : 'people.handOverText')}</p>
    </Ask>
  );
}
