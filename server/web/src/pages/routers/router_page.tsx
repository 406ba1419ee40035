// One router: how it is and since when, what it enforces, what was decided for it before, and what can be done to it.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { RouterDetailDocument, type RouterDetailQuery } from '../../generated/graphql';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { formatMoment } from '../../format/time';
import { usePlace } from '../../place';
import { useScope, useScopedLink } from '../../scope';
import { PageTitle } from '../../shell/page_title';
import { Panel } from '../../ui/panel';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { AlarmList } from '../../parts/alarm_list';
import { AssignPanel } from './assign_panel';
import { CommandsPanel } from './commands_panel';
import { Contact } from './contact';
import { RenameDialog } from './rename_dialog';
import { ReplacePanel } from './replace_panel';
import { sentencesOf } from '../../parts/health';
import { ReturnPanel } from './return_panel';
import { Revisions } from './revisions';
import { StateMark, toneOfHealth } from '../../parts/state_mark';

export type RouterDetail = NonNullable<RouterDetailQuery['router']>;

export function RouterPage() {
  const { t } = useTranslation('routers');
  const { id = '' } = useParams();
  const link = useScopedLink();
  const { data, error, again } = useFresh(RouterDetailDocument, { id }, { everyMs: 3_000 });
  return (
    <div className="mx-auto w-full max-w-4xl">
      <p className="mb-2">
        <Link to={link('/routers')} className="text-accent inline-block min-h-6 hover:underline">
          ← {t('title')}
        </Link>
      </p>
      <Loaded data={data} error={error} retry={again}>
        {({ router }) => (router ? <Detail router={router} again={again} /> : <Empty title={t('gone.title')} text={t('gone.text')} />)}
      </Loaded>
    </div>
  );
}

function Detail({ router, again }: { router: RouterDetail; again: () => void }) {
  const { t } = useTranslation('routers');
  const { may } = usePlace();
  const { refresh } = useScope();
  const [isRenaming, setRenaming] = useState(false);
  return (
    <>
      <PageTitle title={router.name || t('unnamed')} note={<StateMark tone={toneOfHealth[router.status.state]}>{t(`state.${router.status.state}`)}</StateMark>}>
        {may('MANAGE') && (
          <Button size="small" onClick={() => setRenaming(true)}>
            {t('rename.open')}
          </Button>
        )}
      </PageTitle>
      <HowItIs router={router} onChanged={again} />
      <AssignPanel router={router} onChanged={again} />
      <Revisions router={router} onChanged={again} />
      <Panel title={t('alarms')} className="mt-4">
        <AlarmList alarms={router.alarms.edges.map(({ node }) => node)} onChanged={again} />
      </Panel>
      <CommandsPanel router={router} />
      {may('MANAGE') && <ReplacePanel router={router} onChanged={again} />}
      {may('OWN') && <ReturnPanel router={router} />}
      {isRenaming && (
        <RenameDialog
          router={router}
          onClose={() => setRenaming(false)}
          onRenamed={() => {
            again();
            refresh();
          }}
        />
      )}
    </>
  );
}

function HowItIs({ router, onChanged }: { router: RouterDetail; onChanged: () => void }) {
  const { t, i18n } = useTranslation('routers');
  const now = Date.now();
  const moment = (at: string | null | undefined) => (at ? formatMoment(Date.parse(at), now, i18n.language) : '–');
  const facts = [
    ['link', t(`link.${router.linkState}`)],
    ['heard', moment(router.lastSeenAt)],
    ['settings', router.appliedRevision === router.desiredRevision ? t('inForce', { revision: router.desiredRevision }) : t('behind', { applied: router.appliedRevision, desired: router.desiredRevision })],
    ['devicesNow', String(router.deviceCount)],
    ['software', router.software || '–'],
    ['claimed', moment(router.custodyStartedAt)],
  ] as const;
  return (
    <section className="panel p-4" aria-label={t('howItIs')}>
      <ul aria-live="polite" data-testid="router-sentences" className="space-y-1.5 leading-relaxed">
        {sentencesOf(router, now, i18n.language).map(({ key, values }) => (
          <li key={key} data-sentence={key}>
            {t(`sentence.${key}`, values)}
          </li>
        ))}
      </ul>
      <dl className="border-line mt-4 grid grid-cols-2 gap-x-6 gap-y-3 border-t pt-4 sm:grid-cols-3">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-muted text-xs">{t(`facts.${name}`)}</dt>
            <dd className="mt-0.5 break-words tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <Contact router={router} onChanged={onChanged} />
    </section>
  );
}
