// What a page shows while it has nothing to show: that it loads (never for ever), or that it could not, and a way to try again.
// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CombinedError } from 'urql';
import { Button } from '../ui/button';
import { problemOf } from './act';
import { codeOf } from './problems';

interface LoadedProps<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  retry: () => void;
  children: (data: Data) => ReactNode;
}

/** Data that is there stays, also when asking again failed: then it says so above. */
export function Loaded<Data>({ data, error, retry, children }: LoadedProps<Data>) {
  const { t } = useTranslation('forms');
  if (data === undefined && !error) return <p className="text-muted p-8 text-center">{t('loading')}</p>;
  const failed = error && (
    <div role="alert" className="panel text-danger mb-4 flex flex-wrap items-center justify-between gap-3 p-4" data-testid="load-failed">
      <p>{t(`problems.${codeOf(problemOf(error))}`)}</p>
      <Button size="small" onClick={retry}>
        {t('retry')}
      </Button>
    </div>
  );
  return (
    <>
      {failed}
      {data !== undefined && children(data)}
    </>
  );
}
