// Moments and ages in the reader's language; an age is said again every ten seconds without drawing what is around it.
// SPDX-License-Identifier: Apache-2.0
import { memo, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { ageOf, formatMoment } from '../format/time';

const everyMs = 10_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all ages on the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((each) => each()), everyMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** "14:02" today, "22 Nov, 14:02" otherwise; the full moment on pointing. `timeZone`: the event's (IANA); absent: the reader's. */
export function Time({ at, timeZone }: { at: string; timeZone?: string }) {
  const { i18n } = useTranslation();
  return (
    <time dateTime={at} title={new Date(at).toLocaleString(i18n.language, timeZone ? { timeZone } : {})} className="whitespace-nowrap">
      {formatMoment(Date.parse(at), Date.now(), i18n.language, timeZone)}
    </time>
  );
}

const turnOf = (at: string) => Math.floor(Date.parse(at) / everyMs);

/** "12 s ago"; in steps of ten seconds, so that what is heard of all the time is not drawn all the time. */
export const Age = memo(function Age({ at }: { at: string }) {
  const { t, i18n } = useTranslation();
  const now = useSyncExternalStore(subscribe, () => Math.floor(Date.now() / everyMs) * everyMs);
  const age = ageOf(Date.parse(at), now, i18n.language);
  if (age.key === 'at') return <>{age.moment}</>;
  if (age.key === 'now') return <>{t('ago.now')}</>;
  return <>{t(`ago.${age.key}`, { number: age.count })}</>;
}, (a, b) => turnOf(a.at) === turnOf(b.at));
