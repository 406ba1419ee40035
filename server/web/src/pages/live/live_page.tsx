// The live page: which router, then its state in a sentence, its traffic, its names and its devices.
// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { RoutersDocument, type MeQuery } from '../../generated/graphql';
import { isUnauthenticated } from '../../graphql/client';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { useUrlParam } from '../../url_params';
import { DevicesPanel } from './devices/devices_panel';
import { ConnectionBadge } from './header/connection_badge';
import { NetworkSentence } from './header/network_sentence';
import { TopBar } from './header/top_bar';
import { NamesPanel } from './names/names_panel';
import { TrafficPanel } from './traffic/traffic_panel';
import { useLiveRouter } from './use_live_router';

const askRoutersEveryMs = 15_000;

interface Props {
  me: NonNullable<MeQuery['me']>;
  onSignOut: () => void;
  onSessionEnded: () => void;
}

export function LivePage({ me, onSignOut, onSessionEnded }: Props) {
  const { t } = useTranslation();
  const [{ data, error }, askRouters] = useQuery({ query: RoutersDocument });
  const [wanted, setWanted] = useUrlParam('router');
  const routers = data?.routers ?? [];
  const router = routers.find((each) => each.id === wanted) ?? routers[0] ?? null;
  const live = useLiveRouter(router, onSessionEnded);

  useEffect(() => {
    const timer = setInterval(() => askRouters(), askRoutersEveryMs);
    return () => clearInterval(timer);
  }, [askRouters]);
  useEffect(() => {
    if (isUnauthenticated(error)) onSessionEnded();
  }, [error, onSessionEnded]);
  useEffect(() => {
    document.title = router?.name ? `${router.name} – Vivi` : 'Vivi';
  }, [router?.name]);

  return (
    <>
      <a href="#devices" className="bg-accent text-on-accent absolute z-30 -translate-y-full rounded px-3 py-2 focus:translate-y-0">
        {t('app.skip')}
      </a>
      <TopBar me={me} routers={routers} router={router} onChoose={setWanted} onSignOut={onSignOut}>
        {live && <ConnectionBadge live={live} />}
      </TopBar>
      <main className="mx-auto w-full max-w-[150rem] px-3 pb-24 sm:px-5">
        {live && router && (
          <div className="wide:grid-cols-[minmax(0,1fr)_22.5rem] wall:grid-cols-[minmax(0,1fr)_28rem] grid gap-3 sm:gap-4">
            <div className="wide:col-span-2">
              <NetworkSentence live={live} router={router} />
            </div>
            <aside className="wide:order-2 wide:sticky wide:top-28 grid content-start items-start gap-3 self-start sm:gap-4 md:max-wide:grid-cols-2">
              <TrafficPanel live={live} />
              <NamesPanel live={live} />
            </aside>
            <DevicesPanel key={live.routerId} live={live} />
          </div>
        )}
        {data && !router && <Empty title={t('routers.none.title')} text={t('routers.none.text', { organisation: organisationOf(me) ?? t('routers.none.organisation') })} />}
        {!data && error && (
          <Empty title={t('routers.failed.title')} text={t('routers.failed.text')}>
            <Button look="primary" onClick={() => askRouters()}>
              {t('routers.failed.retry')}
            </Button>
          </Empty>
        )}
      </main>
    </>
  );
}

function organisationOf(me: Props['me']): string | undefined {
  return me.memberships[0]?.organisation.name;
}
