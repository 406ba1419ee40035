// The first thing to read: is the network OK, is the router there, and how much goes through now.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import type { LinkState, RouterFieldsFragment } from '../../../generated/graphql';
import { formatMoment } from '../../../format/time';
import { devicesHeardWithin } from '../../../live/devices';
import type { LiveRouter } from '../../../live/live_router';
import { useStore } from '../../../live/paced_store';
import { sentenceOf, type Sentence, type Tone } from './sentence';

const activeWithinMs = 2 * 60_000;

const tones: Record<Tone, string> = { ok: 'bg-ok', warn: 'bg-warn', danger: 'bg-danger', unknown: 'bg-field' };
const links: Record<LinkState, string> = { ONLINE: 'text-ok', OFFLINE: 'text-danger', NEVER_SEEN: 'text-muted' };

export function NetworkSentence({ live, router: asked }: { live: LiveRouter; router: RouterFieldsFragment }) {
  const { t } = useTranslation();
  const connection = useStore(live.connection);
  const { byId } = useStore(live.devices);
  const router = useStore(live.traffic).router ?? asked;
  const sentence = sentenceOf(connection, router, byId.size, devicesHeardWithin(byId.values(), Date.now(), activeWithinMs));
  const words = useWords(sentence);
  const applying = router.linkState === 'ONLINE' && !router.applyError && router.appliedRevision < router.desiredRevision;
  return (
    <section className="flex flex-wrap items-center gap-x-5 gap-y-1 pt-4 pb-1">
      <p className="flex min-w-0 items-start gap-3 text-lg leading-snug font-medium tracking-tight text-pretty" data-testid="network-sentence" data-tone={sentence.tone} data-sentence={sentence.key}>
        <span aria-hidden="true" className={`mt-[0.42em] size-2.5 shrink-0 rounded-full ${tones[sentence.tone]}`} />
        {words}
      </p>
      <p className="text-muted text-sm sm:ml-auto" data-testid="link-state" data-link-state={router.linkState}>
        {applying && <span className="mr-3">{t('network.applying')}</span>}
        <span className={`font-medium ${links[router.linkState]}`}>{t(`link.${router.linkState}`)}</span>
      </p>
    </section>
  );
}

function useWords(sentence: Sentence): string {
  const { t, i18n } = useTranslation();
  switch (sentence.key) {
    case 'noConnection':
    case 'offline':
      return t(`network.${sentence.key}`, { time: formatMoment(sentence.at, Date.now(), i18n.language) });
    case 'notApplied':
      return t('network.notApplied', { reason: sentence.reason });
    case 'ok':
      return t('network.ok', { count: sentence.count });
    default:
      return t(`network.${sentence.key}`);
  }
}
