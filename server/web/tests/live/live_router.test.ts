// A live router dials again from the revision it has reached, says so, and gives up only when nobody is signed in; several are one network.
// SPDX-License-Identifier: Apache-2.0
import type { Client } from 'urql';
import { describe, expect, it, vi } from 'vitest';
import type { Ended, Socket } from '../../src/graphql/socket';
import { Sockets } from '../../src/graphql/sockets';
import { Network, together } from '../../src/live/network';
import { device, now, router } from '../samples';
import { ManualClock } from '../manual_clock';

interface Followed {
  variables: Record<string, unknown>;
  next: (result: never) => void;
  end: (why: Ended) => void;
}

/** A socket whose other end is the test. */
class FakeSocket implements Socket {
  readonly followed: Followed[] = [];
  follow: Socket['follow'] = (operation, next) =>
    new Promise((end) => {
      this.followed.push({ variables: operation.variables, next: next as Followed['next'], end });
    });
  suspect() {}
  close() {}

  devices() {
    return this.followed.filter((each) => 'after' in each.variables);
  }
}

const client = { query: () => ({ toPromise: () => Promise.resolve({}) }) } as unknown as Client;

function started(onSignedOut = () => {}, routerIds = ['r1']) {
  const opened: FakeSocket[] = [];
  const sockets = new Sockets(() => {
    const socket = new FakeSocket();
    opened.push(socket);
    return socket;
  });
  const network = new Network(routerIds, client, sockets, onSignedOut, new ManualClock());
  network.start();
  return { opened, socket: opened[0]!, network };
}

const snapshot = { deviceChanged: { revision: 7, isSnapshot: true, devices: [device()] } } as never;

describe('a live router', () => {
  it('is live with the first snapshot', () => {
    const { socket, network } = started();
    expect(network.connection.shown().phase).toBe('connecting');
    socket.devices()[0]!.next(snapshot);
    expect(network.connection.shown().phase).toBe('live');
    expect(network.devices.shown().byId.size).toBe(1);
    network.stop();
  });

  it('dials again after the revision it has, and keeps showing what it had', async () => {
    const { socket, network } = started();
    expect(socket.devices()[0]!.variables).toEqual({ routerId: 'r1', after: null });
    socket.devices()[0]!.next(snapshot);
    socket.devices()[0]!.end('ended');
    await vi.waitFor(() => expect(socket.devices()).toHaveLength(2));
    expect(socket.devices()[1]!.variables).toEqual({ routerId: 'r1', after: 7 });
    expect(network.connection.shown().phase).toBe('reconnecting');
    expect(network.devices.shown().byId.size).toBe(1);
    network.stop();
  });

  it('asks to sign in when the session has ended', async () => {
    const onSignedOut = vi.fn();
    const { socket } = started(onSignedOut);
    socket.devices()[0]!.end('unauthenticated');
    await vi.waitFor(() => expect(onSignedOut).toHaveBeenCalledOnce());
    expect(socket.devices()).toHaveLength(1);
  });

  it('follows nothing after it was stopped', async () => {
    const { socket, network } = started();
    network.stop();
    socket.devices()[0]!.end('ended');
    await Promise.resolve();
    network.noteRouter(router());
    expect(socket.devices()).toHaveLength(1);
  });
});

describe('a network', () => {
  it('is live when all of its routers are, and reconnecting when one is', () => {
    const live = { phase: 'live', heardAt: now } as const;
    expect(together([live], 2).phase).toBe('connecting');
    expect(together([live, { phase: 'live', heardAt: now - 5 }], 2)).toEqual({ phase: 'live', heardAt: now - 5 });
    expect(together([live, { phase: 'reconnecting', heardAt: now - 5 }], 2).phase).toBe('reconnecting');
  });

  it('opens another socket when one carries as much as it may', () => {
    const { opened, network } = started(undefined, ['r1', 'r2', 'r3', 'r4', 'r5']);
    expect(opened).toHaveLength(2);
    expect(opened[0]!.followed).toHaveLength(8);
    expect(opened[1]!.followed).toHaveLength(2);
    network.stop();
  });
});
