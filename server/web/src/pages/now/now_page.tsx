// Now: is the network OK, who is on it, what needs somebody, what was refused, and what goes through.
// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Device } from '../../live/devices';
import type { Network } from '../../live/network';
import { useNetwork } from '../../live/network_context';
import { useStore } from '../../live/paced_store';
import { useBans } from '../../live/use_bans';
import { useScope } from '../../scope';
import { NoRouter } from '../../shell/no_router';
import { PageTitle } from '../../shell/page_title';
import { BanDialog } from '../../ui/ban_dialog';
import { attentionOf } from './attention';
import { AttentionPanel } from './attention_panel';
import { BlockedPanel } from './blocked_panel';
import { ignored } from './ignored';
import { NamesPanel } from './names_panel';
import { NetworkSentence } from './network_sentence';
import { poolsOf } from './pools';
import { TalkersPanel } from './talkers_panel';
import { Tiles } from './tiles';
import { TrafficPanel } from './traffic_panel';
import { useDecisions } from './use_decisions';
import { useNowFacts } from './use_now_facts';

export function NowPage() {
  const { t } = useTranslation(['now', 'common']);
  const network = useNetwork();
  const { allRouters, state } = useScope();
  return (
    <>
      <PageTitle title={t('common:places.now')} />
      {state === 'ready' && allRouters.length === 0 ? <NoRouter /> : network && <Now key={network.routerIds.join()} network={network} />}
    </>
  );
}

function Now({ network }: { network: Network }) {
  const { event } = useScope();
  const { byId } = useStore(network.devices);
  const away = useStore(ignored);
  const facts = useNowFacts(network);
  const latest = useRef(facts.refresh);
  latest.current = facts.refresh;
  const decisions = useDecisions(useCallback(() => latest.current(), []));
  const decide = useBans(network);
  const [asked, setAsked] = useState<Device | null>(null);
  const attention = attentionOf(facts.routers, facts.names, byId.values(), away, Date.now());
  const pools = useMemo(() => poolsOf(facts.routers), [facts.routers]);
  const endsAt = event?.endsAt ?? facts.routers.find((each) => each.event)?.event?.endsAt ?? null;

  return (
    <div className="grid gap-3 sm:gap-4">
      <NetworkSentence network={network} alarms={attention.alarms.length} />
      <Tiles network={network} pools={pools} />
      <div className="grid items-start gap-3 sm:gap-4 lg:grid-cols-2">
        <div className="grid min-w-0 gap-3 sm:gap-4">
          <AttentionPanel attention={attention} isKnown={facts.isKnown} decisions={decisions} onBan={setAsked} />
          <BlockedPanel routers={facts.routers} isKnown={facts.isKnown} endsAt={endsAt} decisions={decisions} />
          <TalkersPanel network={network} />
        </div>
        <div className="grid min-w-0 gap-3 sm:gap-4">
          <TrafficPanel network={network} />
          <NamesPanel network={network} />
        </div>
      </div>
      {asked && (
        <BanDialog
          devices={[asked]}
          endsAt={endsAt}
          onClose={() => setAsked(null)}
          onConfirm={(terms) => {
            setAsked(null);
            void decide([asked], true, terms);
          }}
        />
      )}
    </div>
  );
}
