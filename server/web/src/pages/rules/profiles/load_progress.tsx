// How far a loaded profile has come, router by router.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Button } from '../../../ui/button';
import { Icon } from '../../../ui/icons';
import { progress } from '../progress';
import type { Target } from '../targets';

export function LoadProgress({ targets, onClose }: { targets: readonly Target[]; onClose: () => void }) {
  const { t } = useTranslation('rules');
  const { inForce, of, isDone, routers } = progress(targets.flatMap((target) => target.routers));
  return (
    <div className="space-y-4" data-testid="load-progress" data-done={isDone}>
      <p role="status" className="font-medium">
        {isDone ? t('progress.all', { count: of }) : t('progress.some', { inForce, count: of })}
      </p>
      <progress value={inForce} max={Math.max(1, of)} aria-label={t('load.progress')} className="accent-accent h-2 w-full" />
      <ul className="space-y-1.5">
        {routers.map(({ router, state }) => (
          <li key={router.id} className="flex items-center gap-2">
            <Icon name={state === 'inForce' ? 'check' : state === 'sent' ? 'clock' : 'warn'} className={`size-4 ${state === 'inForce' ? 'text-ok' : state === 'sent' ? 'text-muted' : 'text-warn'}`} />
            <bdi className="min-w-0 flex-1 break-words">{router.name || t('target.unnamed')}</bdi>
            <span className="text-muted text-xs">{t(`progress.states.${state}`)}</span>
          </li>
        ))}
      </ul>
      {!isDone && <p className="text-muted text-xs leading-relaxed">{t('load.leave')}</p>}
      <div className="flex justify-end">
        <Button look="primary" onClick={onClose}>
          {t('load.close')}
        </Button>
      </div>
    </div>
  );
}
