// Says when what is asked for is older than what the organisation keeps: nothing is hidden, it is not there any more.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { TrafficDimension } from '../../generated/graphql';
import { keptDays, type Clocks, type Kept } from './kept';

export function KeptNote({ kept, of, clocks }: { kept: Kept; of: TrafficDimension | 'SERIES'; clocks: Clocks | null }) {
  const { t } = useTranslation('traffic');
  if (kept === 'all' || !clocks) return null;
  const days = keptDays(of, clocks);
  return (
    <p className={`leading-relaxed ${kept === 'gone' ? 'text-muted py-6 text-center text-pretty' : 'text-muted mb-2 text-xs'}`} data-testid="kept" data-kept={kept}>
      {kept === 'gone' ? t('kept.gone', { count: days }) : t('kept.partly', { count: days })}
    </p>
  );
}
