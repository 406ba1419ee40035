// Every configuration a router was given, who decided it and what changed; an older one can be brought back.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RollBackPreviewDocument, RollBackRouterDocument, RouterRevisionsDocument, type RevisionFieldsFragment } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { ActionWords } from '../../forms/action_words';
import { Ask } from '../../forms/ask';
import { Loaded } from '../../forms/loaded';
import { useFresh } from '../../forms/use_fresh';
import { formatMoment } from '../../format/time';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { showToast } from '../../ui/toasts';
import { Changes } from '../../parts/changes';
import type { RouterDetail } from './router_page';
import { StateMark } from '../../parts/state_mark';

const step = 5;

export function Revisions({ router, onChanged }: { router: RouterDetail; onChanged: () => void }) {
  const { t } = useTranslation('routers');
  const [first, setFirst] = useState(step);
  const { data, error, again } = useFresh(RouterRevisionsDocument, { id: router.id, first, after: null });
  const [target, setTarget] = useState<number | null>(null);
  // A newer revision, or one that came into force, is worth another look.
  useEffect(again, [again, router.desiredRevision, router.appliedRevision]);
  return (
    <Panel title={t('revisions.title')} note={t('revisions.text')} className="mt-4">
      <Loaded data={data} error={error} retry={again}>
        {({ router: found }) => (
          <>
            <ol className="divide-line mt-2 divide-y">
              {found?.revisions.edges.map(({ node }) => (
                <Revision key={node.revision} revision={node} onRollBack={() => setTarget(node.revision)} />
              ))}
            </ol>
            {found?.revisions.pageInfo.hasNextPage && first < 50 && (
              <Button size="small" className="mt-3" onClick={() => setFirst(Math.min(50, first + 2 * step))}>
                {t('revisions.older')}
              </Button>
            )}
          </>
        )}
      </Loaded>
      {target !== null && (
        <RollBackDialog
          router={router}
          target={target}
          onClose={() => setTarget(null)}
          onDone={() => {
            setTarget(null);
            again();
            onChanged();
          }}
        />
      )}
    </Panel>
  );
}

function Revision({ revision, onRollBack }: { revision: RevisionFieldsFragment; onRollBack: () => void }) {
  const { t, i18n } = useTranslation('routers');
  const { may } = usePlace();
  return (
    <li className="py-3" data-testid="revision" data-revision={revision.revision}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="font-semibold tabular-nums">{t('revisions.number', { revision: revision.revision })}</span>
        {revision.isApplied && <StateMark tone="ok">{t('revisions.inForce')}</StateMark>}
        {revision.isDesired && !revision.isApplied && <StateMark tone="warn">{t('revisions.onItsWay')}</StateMark>}
        <span className="text-muted flex-1 text-xs">
          {formatMoment(Date.parse(revision.createdAt), Date.now(), i18n.language)}
          {revision.author && (
            <>
              {' · '}
              <bdi>{revision.author}</bdi>
            </>
          )}
          {revision.action && (
            <>
              {' · '}
              <ActionWords action={revision.action} />
            </>
          )}
        </span>
        {!revision.isDesired && may('MANAGE') && (
          <Button size="small" onClick={onRollBack} aria-label={t('revisions.rollBackTo', { revision: revision.revision })}>
            {t('revisions.rollBack')}
          </Button>
        )}
      </div>
      {revision.changes.length > 0 && <Changes of={revision.changes} />}
    </li>
  );
}

function RollBackDialog({ router, target, onClose, onDone }: { router: RouterDetail; target: number; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation('routers');
  const [base] = useState(router.desiredRevision);
  const { data, error, again } = useFresh(RollBackPreviewDocument, { id: router.id, from: base, to: target });
  const rollBack = useAct(RollBackRouterDocument);

  async function submit() {
    const { payload } = await rollBack.run({ input: { routerId: router.id, toRevision: target, baseRevision: base } });
    if (!payload) return;
    showToast({ about: 'rollBack', tone: 'plain', content: t(payload.keptBans.length > 0 ? 'revisions.doneKept' : 'revisions.done', { revision: target, count: payload.keptBans.length }) });
    onDone();
  }

  return (
    <Ask title={t('revisions.rollBackTo', { revision: target })} submit={t('revisions.rollBack')} onSubmit={() => void submit()} onClose={onClose} isBusy={rollBack.isBusy} problems={rollBack.problems} testId="roll-back">
      <p className="text-muted mt-2 leading-relaxed">{t(router.event ? 'revisions.askEvent' : 'revisions.ask')}</p>
      <Loaded data={data} error={error} retry={again}>
        {({ router: found }) => <Changes of={found?.configurationChanges ?? []} />}
      </Loaded>
    </Ask>
  );
}
