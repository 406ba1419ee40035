// From when until when an event is, by its own clock.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';

interface Props {
  event: { startsAt?: string | null; endsAt?: string | null; timeZone: string };
}

export function Span({ event: { startsAt, endsAt, timeZone } }: Props) {
  const { t, i18n } = useTranslation('event');
  const format = new Intl.DateTimeFormat(i18n.language, { timeZone, dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
  if (!startsAt && !endsAt) return <>{t('span.open')}</>;
  if (startsAt && endsAt) return <>{format.formatRange(Date.parse(startsAt), Date.parse(endsAt))}</>;
  return <>{startsAt ? t('span.from', { at: format.format(Date.parse(startsAt)) }) : t('span.until', { at: format.format(Date.parse(endsAt!)) })}</>;
}

/** One moment by the event's clock. */
export function At({ at, timeZone, withDay = true }: { at: string; timeZone: string; withDay?: boolean }) {
  const { i18n } = useTranslation();
  const day = withDay ? ({ day: 'numeric', month: 'short' } as const) : {};
  return <time dateTime={at}>{new Intl.DateTimeFormat(i18n.language, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...day }).format(Date.parse(at))}</time>;
}
