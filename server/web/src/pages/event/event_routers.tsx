// The routers of an event: each with how it is, another one to add, one to release.
// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { AssignRouterDocument, RouterCardsDocument, type ChangeFieldsFragment } from '../../generated/graphql';
import { useAct } from '../../forms/act';
import { Ask } from '../../forms/ask';
import { Problems } from '../../forms/problems';
import { useFresh } from '../../forms/use_fresh';
import { usePlace } from '../../place';
import { useScopedLink } from '../../scope';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { Select } from '../../ui/field';
import { Panel } from '../../ui/panel';
import { Changes } from '../../parts/changes';
import { sentencesOf, type RouterCard } from '../../parts/health';
import { StateMark, toneOfHealth } from '../../parts/state_mark';
import type { EventDetail } from './event_page';

interface Preview {
  readonly router: RouterCard;
  readonly eventId: string | null;
  readonly changes: readonly ChangeFieldsFragment[];
}

export function EventRouters({ event, again }: { event: EventDetail; again: () => void }) {
  const { t } = useTranslation(['event', 'routers']);
  const { may } = usePlace();
  const canEdit = may('MANAGE') && !event.closedAt;
  const all = useFresh(RouterCardsDocument, {}, { pause: !canEdit });
  const assign = useAct(AssignRouterDocument);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [chosen, setChosen] = useState('');
  const others = all.data?.routers.filter((router) => router.event?.id !== event.id) ?? [];

  async function look(router: RouterCard, eventId: string | null) {
    const { payload } = await assign.run({ input: { routerId: router.id, eventId, dryRun: true } });
    if (payload) setPreview({ router, eventId, changes: payload.changes });
  }
  async function decide({ router, eventId }: Preview) {
    const { payload } = await assign.run({ input: { routerId: router.id, eventId, dryRun: false } });
    if (!payload) return;
    setPreview(null);
    setChosen('');
    all.again();
    again();
  }

  return (
    <Panel title={t('parts.routers')}>
      {event.routers.length === 0 && <Empty title={t('routers.none.title')} text={t('routers.none.text')} />}
      <ul className="divide-line divide-y">
        {event.routers.map((router) => (
          <RouterRow key={router.id} router={router} {...(canEdit ? { onRelease: () => void look(router, null) } : {})} />
        ))}
      </ul>
      {canEdit && others.length > 0 && (
        <div className="border-line mt-3 flex flex-wrap items-end gap-2 border-t pt-3">
          <Select label={t('routers.add')} className="flex-1 basis-56" value={chosen} onChange={(change) => setChosen(change.currentTarget.value)}>
            <option value="">{t('routers.choose')}</option>
            {others.map((router) => (
              <option key={router.id} value={router.id}>
                {router.event ? t('routers.elsewhere', { name: router.name, event: router.event.name }) : router.name}
              </option>
            ))}
          </Select>
          <Button
            disabled={!chosen}
            onClick={() => {
              const router = others.find(({ id }) => id === chosen);
              if (router) void look(router, event.id);
            }}
            data-testid="event-router-add"
          >
            {t('routers.addThis')}
          </Button>
        </div>
      )}
      {!preview && <Problems of={assign.problems} />}
      {preview && (
        <Ask
          title={preview.router.name}
          submit={t(preview.eventId ? 'routers.addThis' : 'routers.release')}
          onSubmit={() => void decide(preview)}
          onClose={() => setPreview(null)}
          isBusy={assign.isBusy}
          problems={assign.problems}
          testId="event-router"
        >
          <p className="text-muted mt-2 leading-relaxed">{t(preview.eventId ? 'assign.text' : 'assign.releaseText', { ns: 'routers' })}</p>
          <Changes of={preview.changes} />
        </Ask>
      )}
    </Panel>
  );
}

function RouterRow({ router, onRelease }: { router: RouterCard; onRelease?: () => void }) {
  const { t, i18n } = useTranslation(['event', 'routers']);
  const link = useScopedLink();
  const [first] = sentencesOf(router, Date.now(), i18n.language);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5" data-testid="event-router-row" data-name={router.name}>
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <Link to={link(`/routers/${router.id}`)} className="text-accent min-h-6 min-w-0 font-medium hover:underline">
            <bdi>{router.name}</bdi>
          </Link>
          <StateMark tone={toneOfHealth[router.status.state]}>{t(`state.${router.status.state}`, { ns: 'routers' })}</StateMark>
        </p>
        <p className="text-muted text-xs">{first && t(`sentence.${first.key}`, { ns: 'routers', ...first.values })}</p>
      </div>
      {onRelease && (
        <Button size="small" onClick={onRelease} aria-label={t('routers.releaseThis', { name: router.name })}>
          {t('routers.release')}
        </Button>
      )}
    </li>
  );
}
