// What was erased and what remains and why, without saying who it was. Can be kept as a file.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { download } from '../forms/download';
import type { ReceiptFieldsFragment } from '../generated/graphql';
import { Button } from '../ui/button';
import { Time } from '../ui/time';

/** Rows by table, the largest first; what does not look like a count is left out. */
export function countsOf(removed: unknown): [string, number][] {
  if (typeof removed !== 'object' || removed === null) return [];
  return Object.entries(removed)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0)
    .sort((a, b) => b[1] - a[1]);
}

interface Remaining {
  readonly what: string;
  readonly why: string;
  readonly until: string;
}

export function remainsOf(remains: unknown): Remaining[] {
  if (!Array.isArray(remains)) return [];
  return remains.map((each: Record<string, unknown>) => ({ what: String(each['what'] ?? ''), why: String(each['why'] ?? ''), until: String(each['until'] ?? '') }));
}

export function Receipt({ receipt }: { receipt: ReceiptFieldsFragment }) {
  const { t } = useTranslation('settings');
  const counts = countsOf(receipt.removed);
  const remains = remainsOf(receipt.remains);
  return (
    <div className="mt-2" data-testid="receipt">
      <p className="text-muted">
        {t(`receipts.kinds.${receipt.kind}`)} · <Time at={receipt.at} />
      </p>
      <h3 className="mt-3 font-medium">{t('receipts.removed')}</h3>
      {counts.length === 0 ? (
        <p className="text-muted">{t('receipts.nothing')}</p>
      ) : (
        <dl className="mt-1 grid grid-cols-[1fr_auto] gap-x-4 text-xs tabular-nums">
          {counts.map(([table, rows]) => (
            <div key={table} className="contents">
              <dt className="truncate" lang="en">
                {table.replaceAll('_', ' ')}
              </dt>
              <dd className="text-right">{rows}</dd>
            </div>
          ))}
        </dl>
      )}
      {remains.length > 0 && (
        <>
          <h3 className="mt-3 font-medium">{t('receipts.remains')}</h3>
          <ul className="mt-1 list-disc space-y-1 pl-4 text-xs" lang="en">
            {remains.map(({ what, why, until }) => (
              <li key={`${what}/${why}`}>
                {[what, why, until].filter(Boolean).join(' – ')}
              </li>
            ))}
          </ul>
        </>
      )}
      <Button size="small" className="mt-3" onClick={() => download(`receipt-${receipt.id}.json`, 'application/json', `${JSON.stringify(receipt, null, 1)}\n`)}>
        {t('receipts.file')}
      </Button>
    </div>
  );
}
