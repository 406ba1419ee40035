// The first thing to read: is the network OK, and if not, why.
// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../format/quantity';
import { formatMoment } from '../../format/time';
import { devicesHeardWithin, onlineWithinMs } from '../../live/devices';
import type { Network } from '../../live/network';
import { useStore } from '../../live/paced_store';
import { useScope } from '../../scope';
import { sentenceOf, type Sentence, type Tone } from './sentence';

const tones: Record<Tone, string> = { ok: 'bg-ok', warn: 'bg-warn', danger: 'bg-danger', unknown: 'bg-field' };

export function NetworkSentence({ network, alarms }: { network: Network; alarms: number }) {
  const { t } = useTranslation('now');
  const connection = useStore(network.connection);
  const { byId } = useStore(network.devices);
  const traffic = useStore(network.traffic);
  const { routers: asked } = useScope();
  const routers = asked.map((each) => traffic.get(each.id)?.router ?? each);
  const sentence = sentenceOf({ connection, routers, knownDevices: byId.size, activeDevices: devicesHeardWithin(byId.values(), Date.now(), onlineWithinMs), alarms });
  const words = useWords(sentence);
  const isApplying = routers.some((each) => each.linkState === 'ONLINE' && !each.applyError && each.appliedRevision < each.desiredRevision);
  return (
    <section className="flex flex-wrap items-center gap-x-5 gap-y-1" aria-live="polite">
      <p className="flex min-w-0 items-start gap-3 text-xl leading-snug font-medium tracking-tight text-pretty" data-testid="network-sentence" data-tone={sentence.tone} data-sentence={sentence.key}>
        <span aria-hidden="true" className={`mt-[0.42em] size-2.5 shrink-0 rounded-full ${tones[sentence.tone]}`} />
        {words}
      </p>
      {isApplying && <p className="text-muted">{t('network.applying')}</p>}
    </section>
  );
}

function useWords(sentence: Sentence): string {
  const { t, i18n } = useTranslation('now');
  const time = (at: number) => formatMoment(at, Date.now(), i18n.language);
  switch (sentence.key) {
    case 'noConnection':
      return t('network.noConnection', { time: time(sentence.at) });
    case 'offline':
    case 'offlineSome':
      return t(`network.${sentence.key}`, { ...sentence, time: time(sentence.at) });
    case 'notApplied':
      return t('network.notApplied', { ...sentence });
    case 'alarms':
      return t('network.alarms', { count: sentence.count });
    case 'ok':
      return t('network.ok', { count: sentence.count, formatted: formatCount(sentence.count, i18n.language) });
    default:
      return t(`network.${sentence.key}`);
  }
}
