// The box that narrows the table, and on narrow screens the order, which has no column heads there.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { useUrlParam } from '../../url_params';
import { columnIds, defaultSort, sortingOf, textOf } from './columns';

export function FilterBar({ filter, onFilter }: { filter: string; onFilter: (filter: string) => void }) {
  const { t } = useTranslation(['devices', 'common']);
  const [sort, setSort] = useUrlParam('sort');
  const current = sortingOf(sort)[0]!;
  return (
    <div className="ml-auto flex max-w-full flex-wrap items-center gap-2 max-sm:w-full" role="search">
      <select
        aria-label={t('sortBy')}
        value={current.id}
        onChange={(event) => {
          const ascending = event.target.value === 'device' || event.target.value === 'address';
          const text = textOf(event.target.value, !ascending);
          setSort(text === defaultSort ? '' : text);
        }}
        className="field lg:hidden"
      >
        {columnIds.map((id) => (
          <option key={id} value={id}>
            {t(`columns.${id}`)}
          </option>
        ))}
      </select>
      <div className="relative min-w-0 flex-1 sm:w-60">
        <Icon name="search" className="text-muted pointer-events-none absolute top-2.5 left-2.5 size-4" />
        <input
          type="search"
          data-testid="filter"
          aria-label={t('filter')}
          placeholder={t('filterHint')}
          value={filter}
          onChange={(event) => onFilter(event.target.value)}
          autoComplete="off"
          spellCheck={false}
          className="field placeholder:text-muted w-full pr-9 pl-8 [&::-webkit-search-cancel-button]:hidden"
        />
        {filter && (
          <Button size="icon" look="quiet" className="absolute top-0.5 right-0.5" aria-label={t('clearFilter')} onClick={() => onFilter('')}>
            <Icon name="close" />
          </Button>
        )}
      </div>
    </div>
  );
}
