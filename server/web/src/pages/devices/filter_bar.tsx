// What narrows the list: words, a state with its count, and on narrow screens the order, which has no column heads there.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../format/quantity';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { useSetUrlParams } from '../../url_params';
import { columnIds, states, textOf, type ColumnId, type State, type View } from './view';

export const filterId = 'devices-filter';

export function FilterBar({ view, counts, onFilter }: { view: View; counts: Record<State, number>; onFilter: (filter: string) => void }) {
  const { t, i18n } = useTranslation('devices');
  const set = useSetUrlParams();
  return (
    <div className="flex flex-wrap items-center gap-2" role="search">
      <div className="relative min-w-0 flex-1 sm:max-w-72">
        <Icon name="search" className="text-muted pointer-events-none absolute top-2.5 left-2.5 size-4" />
        <input
          id={filterId}
          type="search"
          data-testid="filter"
          aria-label={t('filter')}
          placeholder={t('filterHint')}
          value={view.filter}
          onChange={(event) => onFilter(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className="field placeholder:text-muted w-full pr-9 pl-8 [&::-webkit-search-cancel-button]:hidden"
        />
        {view.filter && (
          <Button size="icon" look="quiet" className="absolute top-0.5 right-0.5" aria-label={t('clearFilter')} onClick={() => onFilter('')}>
            <Icon name="close" />
          </Button>
        )}
      </div>
      <select
        aria-label={t('sortBy')}
        value={view.sort.id}
        onChange={(event) => {
          const id = event.target.value as ColumnId;
          set({ sort: textOf({ id, desc: id !== 'device' && id !== 'address' }) });
        }}
        className="field max-w-36 lg:hidden"
      >
        {columnIds.map((id) => (
          <option key={id} value={id}>
            {t(`columns.${id}`)}
          </option>
        ))}
      </select>
      <div role="radiogroup" aria-label={t('show')} className="flex max-w-full gap-1 overflow-x-auto max-sm:w-full">
        {states.map((state) => (
          <label
            key={state}
            className="border-line has-checked:border-accent has-checked:text-ink text-muted hover:bg-sunken has-focus-visible:outline-accent relative flex h-8 shrink-0 cursor-pointer items-center gap-1.5 rounded-full border px-3 text-xs font-medium has-focus-visible:outline-2"
          >
            <input type="radio" name="state" value={state} checked={view.state === state} onChange={() => set({ state: state === 'all' ? null : state })} className="absolute inset-0 size-full cursor-pointer appearance-none opacity-0" />
            {t(`states.${state}`)}
            <span className="tabular-nums">{formatCount(counts[state], i18n.language)}</span>
          </label>
        ))}
      </div>
    </div>
  );
}
