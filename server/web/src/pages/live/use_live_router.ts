// One live router for as long as it is looked at, on one socket for as long as somebody is signed in.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import type { RouterFieldsFragment } from '../../generated/graphql';
import { socketUrl } from '../../graphql/client';
import { openSocket } from '../../graphql/socket';
import { LiveRouter } from '../../live/live_router';

export function useLiveRouter(router: RouterFieldsFragment | null, onSessionEnded: () => void): LiveRouter | null {
  const client = useClient();
  const [live, setLive] = useState<LiveRouter | null>(null);
  const id = router?.id;

  useEffect(() => {
    if (!id) return;
    const socket = openSocket(socketUrl(window.location), () => started.heard());
    const started = new LiveRouter(id, client, socket, onSessionEnded);
    const suspect = () => socket.suspect();
    window.addEventListener('online', suspect);
    document.addEventListener('visibilitychange', suspect);
    started.start();
    setLive(started);
    return () => {
      window.removeEventListener('online', suspect);
      document.removeEventListener('visibilitychange', suspect);
      started.stop();
      socket.close();
      setLive(null);
    };
  }, [id, client, onSessionEnded]);

  useEffect(() => {
    if (live && router && live.routerId === router.id) live.noteRouter(router);
  }, [live, router]);

  return live && live.routerId === id ? live : null;
}
