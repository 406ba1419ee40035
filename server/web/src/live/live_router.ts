// Follows one router: both subscriptions into their stores, dialled again from the last revision whenever they end.
// SPDX-License-Identifier: Apache-2.0
import type { Client } from 'urql';
import { DeviceChangedDocument, RecentTrafficDocument, TrafficChangedDocument, type RouterFieldsFragment } from '../generated/graphql';
import type { Follow } from '../graphql/socket';
import type { DeviceFeed } from './device_feed';
import type { DeviceChange } from './devices';
import { browserClock, type Clock, type Urgency } from './paced_store';
import { pause, waitBeforeMs } from './reconnect';
import { applyRecent, applyTraffic, noTraffic, windowMs, type Traffic } from './traffic';

export interface Connection {
  readonly phase: 'connecting' | 'live' | 'reconnecting';
  /** When the server was last heard, in this browser's milliseconds; null before the first word. */
  readonly heardAt: number | null;
}

/** Where a router's news go, besides the devices' store. */
export interface Listeners {
  traffic(traffic: Traffic, urgency: Urgency): void;
  connection(connection: Connection): void;
  signedOut(): void;
}

export class LiveRouter {
  readonly #stopped = new AbortController();
  #connection: Connection = { phase: 'connecting', heardAt: null };
  #traffic: Traffic = noTraffic;
  #attempt = 0;

  constructor(
    readonly routerId: string,
    private readonly client: Client,
    private readonly socket: Follow,
    private readonly feed: DeviceFeed,
    private readonly listeners: Listeners,
    private readonly clock: Clock = browserClock,
  ) {}

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopped.abort();
  }

  noteRouter(router: RouterFieldsFragment): void {
    this.setTraffic({ ...this.#traffic, router });
  }

  setTraffic(traffic: Traffic, urgency: Urgency = 'paced'): void {
    this.#traffic = traffic;
    this.listeners.traffic(traffic, urgency);
  }

  /** The server's keep-alive answers: it is there, even when nothing changes. */
  heard(): void {
    if (this.#connection.phase === 'live') this.#setConnection({ phase: 'live', heardAt: this.clock.now() });
  }

  #setConnection(connection: Connection): void {
    this.#connection = connection;
    this.listeners.connection(connection);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const ended = await this.#followOnce();
      if (signal.aborted) return;
      if (ended === 'unauthenticated') return this.listeners.signedOut();
      const { heardAt } = this.#connection;
      this.#setConnection({ heardAt, phase: heardAt === null ? 'connecting' : 'reconnecting' });
      await pause(waitBeforeMs(this.#attempt, Math.random()), signal);
      this.#attempt += 1;
    }
  }

  /** Both subscriptions live and die together, so one wait and one state cover them. */
  async #followOnce() {
    const round = new AbortController();
    const signal = AbortSignal.any([round.signal, this.#stopped.signal]);
    const { routerId } = this;
    void this.#loadRecent(signal);
    const after = this.feed.devices.latest().revisions.get(routerId) ?? null;
    const devices = { document: DeviceChangedDocument, variables: { routerId, after } };
    const traffic = { document: TrafficChangedDocument, variables: { routerId } };
    const ended = await Promise.race([
      this.socket.follow(devices, ({ deviceChanged }) => this.#onDevices(deviceChanged), signal),
      this.socket.follow(traffic, ({ trafficChanged }) => this.#onTraffic(trafficChanged), signal),
      aborted(signal),
    ]);
    round.abort();
    return ended;
  }

  #onDevices(change: DeviceChange): void {
    this.feed.tell(this.routerId, change);
    this.#onHeard();
  }

  #onTraffic(change: Parameters<typeof applyTraffic>[1]): void {
    const urgent = this.#traffic.router?.linkState !== change.router.linkState;
    this.setTraffic(applyTraffic(this.#traffic, change, this.clock.now()), urgent ? 'now' : 'paced');
    this.#onHeard();
  }

  #onHeard(): void {
    this.#attempt = 0;
    this.#setConnection({ phase: 'live', heardAt: this.clock.now() });
  }

  async #loadRecent(signal: AbortSignal): Promise<void> {
    const variables = { routerId: this.routerId, minutes: windowMs / 60_000 };
    const { data } = await this.client.query(RecentTrafficDocument, variables).toPromise();
    if (data && !signal.aborted) this.setTraffic(applyRecent(this.#traffic, data.traffic), 'now');
  }
}

function aborted(signal: AbortSignal): Promise<'ended'> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended')));
}
