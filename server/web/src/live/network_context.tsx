// One live network for as long as the same routers are looked at; pages take it with useNetwork().
// SPDX-License-Identifier: Apache-2.0
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useClient } from 'urql';
import { socketUrl } from '../graphql/client';
import { openSocket } from '../graphql/socket';
import { Sockets } from '../graphql/sockets';
import { useScope } from '../scope';
import { useSession } from '../session';
import { Network } from './network';

const Context = createContext<Network | null>(null);

export function NetworkProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const { ended } = useSession();
  const { routers, state } = useScope();
  const [network, setNetwork] = useState<Network | null>(null);
  const ids = state === 'loading' ? null : routers.map((each) => each.id).sort().join(' ');

  useEffect(() => {
    if (ids === null) return;
    const sockets: Sockets = new Sockets(() => openSocket(socketUrl(window.location), () => started.heard()));
    const started = new Network(ids === '' ? [] : ids.split(' '), client, sockets, ended);
    const suspect = () => sockets.suspect();
    window.addEventListener('online', suspect);
    document.addEventListener('visibilitychange', suspect);
    started.start();
    setNetwork(started);
    return () => {
      window.removeEventListener('online', suspect);
      document.removeEventListener('visibilitychange', suspect);
      started.stop();
    };
  }, [ids, client, ended]);

  useEffect(() => {
    for (const router of routers) network?.noteRouter(router);
  }, [network, routers]);

  return <Context.Provider value={network}>{children}</Context.Provider>;
}

/** Null for the moment before the routers are known. */
export function useNetwork(): Network | null {
  return useContext(Context);
}
