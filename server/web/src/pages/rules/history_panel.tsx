// Every decision on these rules, the newest first: who, when, what changed; and the way back to any of them.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { ConfigurationChangesDocument, PolicyHistoryDocument, RollBackDocument, type PolicyHistoryQuery } from '../../generated/graphql';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/confirm';
import { Panel } from '../../ui/panel';
import { Time } from '../../ui/time';
import { showToast } from '../../ui/toasts';
import { Changes } from '../../parts/changes';
import type { Shared } from './rules_page';

type Revision = NonNullable<PolicyHistoryQuery['router']>['revisions']['edges'][number]['node'];

export function HistoryPanel(shared: Shared) {
  const { t } = useTranslation('rules');
  const router = shared.target.routers[0];
  const zone = shared.editing.draft.policy.time_zone;
  const { revisions, hasMore, more } = useHistory(router?.id ?? null, router?.desiredRevision ?? 0);
  const [chosen, setChosen] = useState<Revision | null>(null);
  return (
    <Panel title={t('history.title')} testId="history" note={shared.target.kind === 'event' && router ? t('history.ofRouter', { name: router.name }) : undefined}>
      {!router && <p className="text-muted">{t('tester.noRouter')}</p>}
      <ol className="divide-line divide-y">
        {revisions.map((revision) => (
          <li key={revision.revision} className="py-3" data-testid="revision" data-revision={revision.revision}>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="font-medium">{actionText(t, revision.action)}</span>
              <span className="text-muted text-xs">
                {t('history.revision', { revision: revision.revision })} · <Time at={revision.createdAt} timeZone={zone} />
                {revision.author && (
                  <>
                    {' · '}
                    <bdi>{revision.author}</bdi>
                  </>
                )}
              </span>
              {revision.isDesired && <Badge tone="accent">{t('history.desired')}</Badge>}
              {revision.isApplied && <Badge tone="ok">{t('history.applied')}</Badge>}
              {shared.canEdit && !revision.isDesired && (
                <Button size="small" className="ml-auto" aria-label={t('history.rollBackTo', { revision: revision.revision })} data-testid="roll-back" onClick={() => setChosen(revision)}>
                  {t('history.rollBack')}
                </Button>
              )}
            </div>
            {revision.changes.length > 0 && <Changes of={revision.changes} names={shared.known} zone={zone} />}
          </li>
        ))}
      </ol>
      {hasMore && (
        <Button size="small" className="mt-3" onClick={more}>
          {t('history.more')}
        </Button>
      )}
      {chosen && router && <RollBack revision={chosen} routerId={router.id} baseRevision={router.desiredRevision} shared={shared} onClose={() => setChosen(null)} />}
    </Panel>
  );
}

/** Asked again whenever something is decided. */
function useHistory(routerId: string | null, desired: number) {
  const client = useClient();
  const [revisions, setRevisions] = useState<readonly Revision[]>([]);
  const [after, setAfter] = useState<string | null>(null);
  const load = useCallback(
    async (from: string | null) => {
      if (!routerId) return;
      const { data } = await client.query(PolicyHistoryDocument, { routerId, after: from }).toPromise();
      const page = data?.router?.revisions;
      if (!page) return;
      const nodes = page.edges.map(({ node }) => node);
      setRevisions((before) => (from === null ? nodes : [...before, ...nodes]));
      setAfter(page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null);
    },
    [client, routerId],
  );
  useEffect(() => void load(null), [load, desired]);
  return { revisions, hasMore: after !== null, more: () => void load(after) };
}

type Translate = ReturnType<typeof useTranslation<'rules'>>['t'];
const actions = ['policy_replaced', 'domain_allowed', 'domain_denied', 'profile_loaded', 'device_banned', 'device_unbanned', 'devices_banned', 'devices_unbanned', 'configuration_rolled_back', 'configuration_replaced', 'event_policy', 'event_phases', 'event_time_zone', 'router_assigned', 'router_left'] as const;

function actionText(t: Translate, action: string): string {
  const key = action.replace(/\./g, '_');
  const known = actions.find((each) => each === key);
  return known ? t(`history.actions.${known}`) : action === '' ? t('history.actions.first') : t('history.actions.other', { action });
}

interface RollBackProps {
  revision: Revision;
  routerId: string;
  baseRevision: number;
  shared: Shared;
  onClose: () => void;
}

function RollBack({ revision, routerId, baseRevision, shared, onClose }: RollBackProps) {
  const { t } = useTranslation('rules');
  const client = useClient();
  const [changes, setChanges] = useState<Revision['changes'] | null>(null);
  useEffect(() => {
    const variables = { routerId, from: baseRevision, to: revision.revision };
    void client.query(ConfigurationChangesDocument, variables).toPromise().then(({ data }) => setChanges(data?.router?.configurationChanges ?? []));
  }, [client, routerId, baseRevision, revision.revision]);
  async function rollBack() {
    const input = { routerId, toRevision: revision.revision, baseRevision };
    const { data, error } = await client.mutation(RollBackDocument, { input }).toPromise();
    const payload = data?.rollBack;
    const failed = error || !payload || payload.errors.length > 0;
    const kept = payload?.keptBans.length ?? 0;
    const conflict = payload?.errors.some(({ code }) => code === 'CONFLICT');
    const content = conflict ? t('history.conflict') : failed ? t('history.failed') : kept > 0 ? t('history.doneKept', { count: kept, revision: revision.revision }) : t('history.done', { revision: revision.revision });
    showToast({ about: `rules ${shared.target.id}`, tone: failed ? 'danger' : 'plain', content });
    shared.refresh();
    onClose();
  }
  return (
    <Confirm title={t('history.confirm', { revision: revision.revision })} action={t('history.rollBack')} onConfirm={() => void rollBack()} onClose={onClose}>
      <p>{shared.target.kind === 'event' ? t('history.confirmEvent') : t('history.confirmRouter')}</p>
      {changes === null && <p className="text-muted">{t('loading')}</p>}
      {changes && <Changes of={changes} names={shared.known} zone={shared.editing.draft.policy.time_zone} />}
    </Confirm>
  );
}
