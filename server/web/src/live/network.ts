// Follows every router that is looked at, into stores they share: devices, traffic by router, and whether all of it is live.
// SPDX-License-Identifier: Apache-2.0
import type { Client } from 'urql';
import type { RouterFieldsFragment } from '../generated/graphql';
import { Sockets } from '../graphql/sockets';
import { DeviceFeed } from './device_feed';
import { noDevices, silenceStale, type Devices } from './devices';
import { LiveRouter, type Connection } from './live_router';
import { browserClock, PacedStore, type Clock } from './paced_store';
import { silenceStaleRate, type Traffic } from './traffic';

export type TrafficByRouter = ReadonlyMap<string, Traffic>;

const sweepEveryMs = 3_000;

export class Network {
  readonly devices: PacedStore<Devices>;
  readonly traffic: PacedStore<TrafficByRouter>;
  readonly connection: PacedStore<Connection>;
  /** Since when a person holds the page still; null while it moves. */
  readonly pausedAt: PacedStore<number | null>;
  readonly #live: LiveRouter[];
  readonly #connections = new Map<string, Connection>();
  #stopped = false;

  constructor(
    readonly routerIds: readonly string[],
    client: Client,
    /** Pages follow their own subscriptions here. */
    readonly sockets: Sockets,
    onSignedOut: () => void,
    private readonly clock: Clock = browserClock,
  ) {
    this.devices = new PacedStore<Devices>(noDevices, clock);
    this.traffic = new PacedStore<TrafficByRouter>(new Map(), clock);
    this.connection = new PacedStore<Connection>({ phase: routerIds.length === 0 ? 'live' : 'connecting', heardAt: null }, clock);
    this.pausedAt = new PacedStore<number | null>(null, clock);
    const feed = new DeviceFeed(this.devices, clock);
    this.#live = routerIds.map(
      (id) =>
        new LiveRouter(id, client, sockets, feed, {
          traffic: (change, urgency) => this.#onTraffic(id, change, urgency),
          connection: (connection) => this.#onConnection(id, connection),
          signedOut: onSignedOut,
        }, clock),
    );
  }

  start(): void {
    for (const router of this.#live) router.start();
    this.#sweep();
  }

  stop(): void {
    this.#stopped = true;
    for (const router of this.#live) router.stop();
    this.sockets.close();
  }

  setPaused(paused: boolean): void {
    this.devices.setPaused(paused);
    this.traffic.setPaused(paused);
    this.pausedAt.update(paused ? this.clock.now() : null, 'now');
  }

  /** The server's keep-alive answers: it is there, even when nothing changes. */
  heard(): void {
    for (const router of this.#live) router.heard();
  }

  /** A router's state by another way than the subscription: shown when it says something new. */
  noteRouter(router: RouterFieldsFragment): void {
    this.#live.find((each) => each.routerId === router.id)?.noteRouter(router);
  }

  #onTraffic(id: string, traffic: Traffic, urgency: 'paced' | 'now'): void {
    this.traffic.update(new Map(this.traffic.latest()).set(id, traffic), urgency);
  }

  #onConnection(id: string, connection: Connection): void {
    this.#connections.set(id, connection);
    const before = this.connection.latest();
    const now = together([...this.#connections.values()], this.routerIds.length);
    this.connection.update(now, now.phase === before.phase ? 'paced' : 'now');
  }

  #sweep(): void {
    if (this.#stopped) return;
    const now = this.clock.now();
    const toldAt = new Map([...this.traffic.latest()].map(([id, { rateAt }]) => [id, rateAt]));
    const devices = silenceStale(this.devices.latest(), now, toldAt);
    if (devices !== this.devices.latest()) this.devices.update(devices);
    for (const [id, traffic] of this.traffic.latest()) {
      const after = silenceStaleRate(traffic, now);
      if (after === traffic) continue;
      this.#live.find((each) => each.routerId === id)?.setTraffic(after);
    }
    this.clock.after(sweepEveryMs, () => this.#sweep());
  }
}

/** Live only when every router's subscriptions are; of the moment that holds for all of them. */
export function together(connections: readonly Connection[], expected: number): Connection {
  const heard = connections.map((each) => each.heardAt).filter((each) => each !== null);
  const heardAt = heard.length === 0 ? null : Math.min(...heard);
  if (connections.some((each) => each.phase === 'reconnecting')) return { phase: 'reconnecting', heardAt };
  if (connections.length < expected || connections.some((each) => each.phase === 'connecting')) return { phase: 'connecting', heardAt };
  return { phase: 'live', heardAt };
}
