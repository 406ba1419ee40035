// A list of everything there is of a kind: searched by the server, a page at a time, asked again while somebody looks.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CombinedError } from 'urql';
import { Loaded } from '../../forms/loaded';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';

export const mostRows = 100;
const settlesMs = 250;

/** What is typed, once the typing stops. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settlesMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

interface PageState {
  readonly after: readonly string[];
  /** Of the page that is shown; null: the first. */
  readonly cursor: string | null;
  next(cursor: string): void;
  back(): void;
}

/** Pages forward and back; begins anew when `of` is another. */
export function usePages(of: string): PageState {
  const [state, setState] = useState<{ of: string; after: readonly string[] }>({ of, after: [] });
  const after = state.of === of ? state.after : [];
  return {
    after,
    cursor: after.at(-1) ?? null,
    next: (cursor) => setState({ of, after: [...after, cursor] }),
    back: () => setState({ of, after: after.slice(0, -1) }),
  };
}

interface Props<Data> {
  label: string;
  search: string;
  onSearch: (text: string) => void;
  filters?: ReactNode;
  data: Data | undefined;
  error: CombinedError | undefined;
  retry: () => void;
  pages: PageState;
  pageInfoOf: (data: Data) => { hasNextPage: boolean; endCursor?: string | null };
  children: (data: Data) => ReactNode;
}

export function Searched<Data>({ label, search, onSearch, filters, data, error, retry, pages, pageInfoOf, children }: Props<Data>) {
  const { t } = useTranslation('godview');
  const info = data && pageInfoOf(data);
  return (
    <div className="panel p-4">
      <div className="mb-3 flex flex-wrap items-end gap-3">
        <Field label={label} type="search" className="flex-1 basis-64" value={search} onChange={(event) => onSearch(event.currentTarget.value)} autoComplete="off" spellCheck={false} />
        {filters}
      </div>
      <Loaded data={data} error={error} retry={retry}>
        {children}
      </Loaded>
      {(pages.after.length > 0 || info?.hasNextPage) && (
        <div className="mt-3 flex justify-between">
          <Button size="small" disabled={pages.after.length === 0} onClick={pages.back}>
            {t('previous')}
          </Button>
          <Button size="small" disabled={!info?.hasNextPage || !info.endCursor} onClick={() => info?.endCursor && pages.next(info.endCursor)}>
            {t('next')}
          </Button>
        </div>
      )}
    </div>
  );
}
