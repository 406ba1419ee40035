// Which event a router works for. What it would enforce otherwise is shown before it is decided.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { AssignRouterDocument, OpenEventsDocument, type ChangeFieldsFragment } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Choice } from '../../forms/field';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { Button } from '../../ui/button';
import { Panel } from '../../ui/panel';
import { showToast } from '../../ui/toasts';
import { Changes } from '../../parts/changes';
import type { RouterDetail } from './router_page';

interface Preview {
  readonly eventId: string | null;
  readonly changes: readonly ChangeFieldsFragment[];
}

export function AssignPanel({ router, onChanged }: { router: RouterDetail; onChanged: () => void }) {
  const { t } = useTranslation('routers');
  const { may, organisationId } = usePlace();
  const { data } = useFresh(OpenEventsDocument, { organisationId }, { pause: !may('MANAGE') });
  const assign = useAct(AssignRouterDocument);
  const [chosen, setChosen] = useState<string | null>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const current = router.event?.id ?? '';
  const wanted = chosen ?? current;
  const events = data?.events.edges.map(({ node }) => ({ value: node.id, label: node.name })) ?? [];

  async function look() {
    const eventId = wanted || null;
    const { payload } = await assign.run({ input: { routerId: router.id, eventId, dryRun: true } });
    if (payload) setPreview({ eventId, changes: payload.changes });
  }
  async function decide() {
    if (!preview) return;
    const { payload } = await assign.run({ input: { routerId: router.id, eventId: preview.eventId, dryRun: false } });
    if (!payload) return;
    setPreview(null);
    setChosen(null);
    onChanged();
    showToast({ about: 'assign', tone: 'plain', content: t(preview.eventId ? 'assign.done' : 'assign.released') });
  }

  return (
    <Panel title={t('assign.title')} className="mt-4">
      <p className="text-muted">
        {router.event ? (
          <>
            {t('assign.isIn')}{' '}
            <Link to={`/event/${router.event.id}`} className="text-accent inline-block min-h-6 hover:underline">
              <bdi>{router.event.name}</bdi>
            </Link>
          </>
        ) : (
          t('assign.isInNone')
        )}
      </p>
      {may('MANAGE') && (
        <div className="flex flex-wrap items-end gap-3">
          <Choice
            label={t('assign.event')}
            className="flex-1 basis-56"
            options={[{ value: '', label: t('assign.none') }, ...events]}
            value={wanted}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          <Button className="h-10" disabled={wanted === current} aria-disabled={assign.isBusy} onClick={() => void look()} data-testid="assign">
            {t('assign.look')}
          </Button>
        </div>
      )}
      {!preview && <Problems of={assign.problems} />}
      {preview && (
        <Ask title={t('assign.title')} submit={t('assign.submit')} onSubmit={() => void decide()} onClose={() => setPreview(null)} isBusy={assign.isBusy} problems={assign.problems} testId="assign-ask">
          <p className="text-muted mt-2 leading-relaxed">{t(preview.eventId ? 'assign.text' : 'assign.releaseText')}</p>
          <Changes of={preview.changes} />
        </Ask>
      )}
    </Panel>
  );
}
