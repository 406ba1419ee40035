// Says which moment the lists are about, and leads back to the whole range.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatZoned } from '../../format/zoned';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import type { Span } from './range';
import type { View } from './use_view';

export function MomentBar({ moment, view, zone }: { moment: Span; view: View; zone: string }) {
  const { t, i18n } = useTranslation('traffic');
  const say = (at: number) => formatZoned(at, zone, i18n.language, view.now);
  return (
    <div className="panel border-accent flex flex-wrap items-center gap-3 px-4 py-2" data-testid="moment" data-from={moment.from}>
      <Icon name="clock" className="text-accent size-4" />
      <p role="status" className="font-medium">
        {t('moment.shown', { from: say(moment.from), to: say(moment.to) })}
      </p>
      <Button size="small" className="ml-auto" onClick={() => view.setAt(null)}>
        {t('moment.leave')}
      </Button>
    </div>
  );
}
