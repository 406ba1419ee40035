// How far what was decided has come: "in force on 2 of 3 routers", and of the others why not yet.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Icon } from '../../ui/icons';
import { progress, type RouterProgress } from './progress';
import type { Target } from './targets';

const tones: Record<RouterProgress, string> = { inForce: 'text-ok', sent: 'text-muted', waiting: 'text-warn', refused: 'text-danger' };

export function ProgressNote({ target }: { target: Target }) {
  const { t } = useTranslation('rules');
  const { inForce, of, isDone, routers } = progress(target.routers);
  if (of === 0) return <p className="text-muted">{t('progress.none')}</p>;
  const isStuck = routers.some(({ state }) => state === 'refused' || state === 'waiting');
  return (
    <details className="relative" data-testid="policy-progress" data-done={isDone}>
      <summary className="hover:bg-sunken flex min-h-8 list-none items-center gap-2 rounded-md px-2">
        <Icon name={isDone ? 'check' : isStuck ? 'warn' : 'clock'} className={`size-4 ${isDone ? 'text-ok' : isStuck ? 'text-warn' : 'text-muted'}`} />
        <span role="status">{isDone ? t('progress.all', { count: of }) : t('progress.some', { inForce, count: of })}</span>
      </summary>
      <ul className="arrives panel absolute right-0 z-10 mt-1 w-80 max-w-[calc(100vw-2rem)] space-y-2 p-3 shadow-xl">
        {routers.map(({ router, state }) => (
          <li key={router.id} className="flex items-baseline gap-3">
            <bdi className="min-w-0 flex-1 font-medium break-words">{router.name || t('target.unnamed')}</bdi>
            <span className={`text-right text-xs ${tones[state]}`}>
              {t(`progress.states.${state}`)}
              {state === 'refused' && <span className="block" lang="en">{router.applyError}</span>}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
