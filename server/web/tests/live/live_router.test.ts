// A live router dials again from the revision it has reached, says so, and gives up only when nobody is signed in.
// SPDX-License-Identifier: Apache-2.0
import type { Client } from 'urql';
import { describe, expect, it, vi } from 'vitest';
import type { Ended, Socket } from '../../src/graphql/socket';
import { LiveRouter } from '../../src/live/live_router';
import { device, router } from '../samples';
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

function started(onSignedOut = () => {}) {
  const socket = new FakeSocket();
  const live = new LiveRouter('r1', client, socket, onSignedOut, new ManualClock());
  live.start();
  return { socket, live };
}

const snapshot = { deviceChanged: { revision: 7, isSnapshot: true, devices: [device()] } } as never;

describe('a live router', () => {
  it('is live with the first snapshot', () => {
    const { socket, live } = started();
    expect(live.connection.shown().phase).toBe('connecting');
    socket.devices()[0]!.next(snapshot);
    expect(live.connection.shown().phase).toBe('live');
    expect(live.devices.shown().byId.size).toBe(1);
    live.stop();
  });

  it('dials again after the revision it has, and keeps showing what it had', async () => {
    const { socket, live } = started();
    expect(socket.devices()[0]!.variables).toEqual({ routerId: 'r1', after: null });
    socket.devices()[0]!.next(snapshot);
    socket.devices()[0]!.end('ended');
    await vi.waitFor(() => expect(socket.devices()).toHaveLength(2));
    expect(socket.devices()[1]!.variables).toEqual({ routerId: 'r1', after: 7 });
    expect(live.connection.shown().phase).toBe('reconnecting');
    expect(live.devices.shown().byId.size).toBe(1);
    live.stop();
  });

  it('asks to sign in when the session has ended', async () => {
    const onSignedOut = vi.fn();
    const { socket } = started(onSignedOut);
    socket.devices()[0]!.end('unauthenticated');
    await vi.waitFor(() => expect(onSignedOut).toHaveBeenCalledOnce());
    expect(socket.devices()).toHaveLength(1);
  });

  it('follows nothing after it was stopped', async () => {
    const { socket, live } = started();
    live.stop();
    socket.devices()[0]!.end('ended');
    await Promise.resolve();
    live.noteRouter(router());
    expect(socket.devices()).toHaveLength(1);
  });
});
