// The heads of the columns: each says how it is sorted and sorts when pressed; they stay in sight. The first ticks all that are shown.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Icon } from '../../ui/icons';
import { useSetUrlParams } from '../../url_params';
import type { Selection } from './use_selection';
import { columnIds, textOf, type Sort } from './view';

const leftAligned = new Set<string>(['device', 'address']);

export function TableHead({ sort, order, selection }: { sort: Sort; order: readonly string[]; selection: Selection }) {
  const { t } = useTranslation('devices');
  const set = useSetUrlParams();
  const isAll = selection.ids.size > 0 && selection.ids.size >= order.length;
  return (
    <div role="rowgroup" className="bg-surface border-line sticky top-14 z-10 rounded-t-lg border-b max-lg:sr-only">
      <div role="row" aria-rowindex={1} className="device-grid px-4">
        <div role="columnheader" className="flex">
          <label className="-ml-1 flex size-6 cursor-pointer items-center justify-center">
            <input
              type="checkbox"
              aria-label={t('select.all')}
              checked={isAll}
              ref={(box) => {
                if (box) box.indeterminate = !isAll && selection.ids.size > 0;
              }}
              onChange={() => (isAll ? selection.clear() : selection.set(order))}
              className="accent-accent size-4 cursor-pointer"
            />
          </label>
        </div>
        {columnIds.map((id) => {
          const isSorted = sort.id === id;
          const left = leftAligned.has(id);
          return (
            <div key={id} role="columnheader" aria-sort={isSorted ? (sort.desc ? 'descending' : 'ascending') : 'none'} className={left ? '' : 'text-right'}>
              <button
                type="button"
                onClick={() => set({ sort: textOf({ id, desc: isSorted ? !sort.desc : !left }) })}
                className={`inline-flex h-9 items-center gap-1 text-xs font-medium whitespace-nowrap ${left ? '' : 'flex-row-reverse'} ${isSorted ? 'text-ink' : 'text-muted hover:text-ink'}`}
              >
                {t(`columns.${id}`)}
                <Icon name={sort.desc || !isSorted ? 'down' : 'up'} className={`size-3 ${isSorted ? '' : 'invisible'}`} />
              </button>
            </div>
          );
        })}
        <div role="columnheader" className="text-muted text-right text-xs font-medium">
          {t('columns.ban')}
        </div>
      </div>
    </div>
  );
}
