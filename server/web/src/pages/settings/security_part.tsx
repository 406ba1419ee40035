// Two-step sign-in and where the person is signed in.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { MySessionsDocument, RevokeOtherSessionsDocument, RevokeSessionDocument, type SessionFieldsFragment } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Loaded } from '../../forms/loaded';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { useSession } from '../../session';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { Age, Time } from '../../ui/time';
import { StateMark } from '../../parts/state_mark';
import { SecondFactor } from './second_factor';
import { programOf } from './user_agent';

export function SecurityPart() {
  return (
    <>
      <SecondFactor />
      <Sessions />
    </>
  );
}

function Sessions() {
  const { t } = useTranslation('settings');
  const { data, error, again } = useFresh(MySessionsDocument, {});
  const others = useAct(RevokeOtherSessionsDocument);
  const hasOthers = (data?.sessions.length ?? 0) > 1;
  async function endOthers() {
    const { payload } = await others.run({});
    if (payload) again();
  }
  return (
    <Panel
      title={t('sessions.title')}
      actions={
        hasOthers && (
          <Button size="small" aria-disabled={others.isBusy} onClick={() => void endOthers()} data-testid="sessions-end-others">
            {t('sessions.endOthers')}
          </Button>
        )
      }
    >
      <Problems of={others.problems} />
      <Loaded data={data} error={error} retry={again}>
        {({ sessions }) => (
          <ul className="divide-line divide-y">
            {sessions.map((session) => (
              <SessionRow key={session.id} session={session} again={again} />
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}

function SessionRow({ session, again }: { session: SessionFieldsFragment; again: () => void }) {
  const { t } = useTranslation('settings');
  const { signOut } = useSession();
  const revoke = useAct(RevokeSessionDocument);
  const { program, system } = programOf(session.userAgent);
  async function end() {
    if (session.isCurrent) return signOut();
    const { payload } = await revoke.run({ id: session.id });
    if (payload) again();
  }
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="session" data-current={session.isCurrent}>
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap gap-x-3 font-medium" title={session.userAgent}>
          <bdi>{program ? (system ? t('sessions.programOn', { program, system }) : program) : t('sessions.unknown')}</bdi>
          {session.isCurrent && <StateMark tone="ok">{t('sessions.current')}</StateMark>}
        </p>
        <p className="text-muted text-xs">
          {session.address && <bdi>{session.address} · </bdi>}
          {t('sessions.used')} <Age at={session.lastSeenAt} /> · {t('sessions.ends')} <Time at={session.expiresAt} />
        </p>
        <Problems of={revoke.problems} />
      </div>
      <Button size="small" aria-disabled={revoke.isBusy} onClick={() => void end()}>
        {t(session.isCurrent ? 'sessions.signOut' : 'sessions.end')}
      </Button>
    </li>
  );
}
