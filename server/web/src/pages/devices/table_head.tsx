// The heads of the columns: each says how it is sorted and sorts when pressed; they stay in sight.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Icon } from '../../ui/icons';
import { columnIds } from './columns';

const leftAligned = new Set<string>(['device', 'address']);

interface Props {
  sort: { id: string; desc: boolean };
  onSort: (id: string, descendingFirst: boolean) => void;
}

export function TableHead({ sort, onSort }: Props) {
  const { t } = useTranslation(['devices', 'common']);
  return (
    <div role="rowgroup" className="bg-surface border-line sticky top-14 z-10 border-y max-lg:sr-only">
      <div role="row" aria-rowindex={1} className="device-grid px-4">
        {columnIds.map((id) => {
          const sorted = sort.id === id;
          const left = leftAligned.has(id);
          return (
            <div key={id} role="columnheader" aria-sort={sorted ? (sort.desc ? 'descending' : 'ascending') : 'none'} className={left ? '' : 'text-right'}>
              <button
                type="button"
                onClick={() => onSort(id, !left)}
                className={`inline-flex h-8 items-center gap-1 text-xs font-medium whitespace-nowrap ${left ? '' : 'flex-row-reverse'} ${sorted ? 'text-ink' : 'text-muted hover:text-ink'}`}
              >
                {t(`columns.${id}`)}
                <Icon name={sort.desc || !sorted ? 'down' : 'up'} className={`size-3 ${sorted ? '' : 'invisible'}`} />
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
