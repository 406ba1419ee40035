// Follows one router: both subscriptions into their stores, dialled again from the last revision whenever they end.
// SPDX-License-Identifier: Apache-2.0
import type { Client } from 'urql';
import { DeviceChangedDocument, RecentTrafficDocument, TrafficChangedDocument, type RouterFieldsFragment } from '../generated/graphql';
import type { Socket } from '../graphql/socket';
import { applyChange, noDevices, silenceStale, type Devices } from './devices';
import { browserClock, PacedStore, type Clock } from './paced_store';
import { pause, waitBeforeMs } from './reconnect';
import { applyRecent, applyTraffic, noTraffic, silenceStaleRate, windowMs, type Traffic } from './traffic';

export interface Connection {
  readonly phase: 'connecting' | 'live' | 'reconnecting';
  /** When the server was last heard, in this browser's milliseconds; null before the first word. */
  readonly heardAt: number | null;
}

const sweepEveryMs = 3_000;

export class LiveRouter {
  readonly devices: PacedStore<Devices>;
  readonly traffic: PacedStore<Traffic>;
  readonly connection: PacedStore<Connection>;
  /** Since when a person holds the page still; null while it moves. */
  readonly pausedAt: PacedStore<number | null>;
  readonly #stopped = new AbortController();
  #attempt = 0;

  constructor(
    readonly routerId: string,
    private readonly client: Client,
    private readonly socket: Socket,
    private readonly onSignedOut: () => void,
    private readonly clock: Clock = browserClock,
  ) {
    this.devices = new PacedStore<Devices>(noDevices, clock);
    this.traffic = new PacedStore<Traffic>(noTraffic, clock);
    this.connection = new PacedStore<Connection>({ phase: 'connecting', heardAt: null }, clock);
    this.pausedAt = new PacedStore<number | null>(null, clock);
  }

  start(): void {
    void this.#run();
    this.#sweep();
  }

  stop(): void {
    this.#stopped.abort();
  }

  setPaused(paused: boolean): void {
    this.devices.setPaused(paused);
    this.traffic.setPaused(paused);
    this.pausedAt.update(paused ? this.clock.now() : null, 'now');
  }

  /** The router's state by another way than the subscription: shown when it says something new. */
  noteRouter(router: RouterFieldsFragment): void {
    this.traffic.update({ ...this.traffic.latest(), router }, 'now');
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const ended = await this.#followOnce();
      if (signal.aborted) return;
      if (ended === 'unauthenticated') return this.onSignedOut();
      const before = this.connection.latest();
      this.connection.update({ ...before, phase: before.heardAt === null ? 'connecting' : 'reconnecting' }, 'now');
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
    const after = this.devices.latest().revision;
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

  #onDevices(change: Parameters<typeof applyChange>[1]): void {
    const { state, urgency } = applyChange(this.devices.latest(), change, this.clock.now());
    this.devices.update(state, urgency);
    this.#onHeard();
  }

  #onTraffic(change: Parameters<typeof applyTraffic>[1]): void {
    const before = this.traffic.latest();
    const urgent = before.router?.linkState !== change.router.linkState;
    this.traffic.update(applyTraffic(before, change, this.clock.now()), urgent ? 'now' : 'paced');
    this.#onHeard();
  }

  #onHeard(): void {
    this.#attempt = 0;
    const wasLive = this.connection.latest().phase === 'live';
    this.connection.update({ phase: 'live', heardAt: this.clock.now() }, wasLive ? 'paced' : 'now');
  }

  /** The server's keep-alive answers: it is there, even when nothing changes. */
  heard(): void {
    const before = this.connection.latest();
    if (before.phase === 'live') this.connection.update({ ...before, heardAt: this.clock.now() });
  }

  async #loadRecent(signal: AbortSignal): Promise<void> {
    const variables = { routerId: this.routerId, minutes: windowMs / 60_000 };
    const { data } = await this.client.query(RecentTrafficDocument, variables).toPromise();
    if (data && !signal.aborted) this.traffic.update(applyRecent(this.traffic.latest(), data.traffic), 'now');
  }

  #sweep(): void {
    if (this.#stopped.signal.aborted) return;
    const now = this.clock.now();
    const devices = silenceStale(this.devices.latest(), now);
    if (devices !== this.devices.latest()) this.devices.update(devices);
    const traffic = silenceStaleRate(this.traffic.latest(), now);
    if (traffic !== this.traffic.latest()) this.traffic.update(traffic);
    this.clock.after(sweepEveryMs, () => this.#sweep());
  }
}

function aborted(signal: AbortSignal): Promise<'ended'> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended')));
}
