// Gathers what routers say of their devices until the page is drawn: an update of thousands of devices is one copy, whoever sent it.
// SPDX-License-Identifier: Apache-2.0
import { applyChanges, urgencyOf, type DeviceChange, type Devices, type Told } from './devices';
import { browserClock, type Clock, type PacedStore } from './paced_store';

/** A page that is held still does not collect for ever: then they are put into the store unseen. */
const mostGathered = 1_000;

export class DeviceFeed {
  #gathered: Told[] = [];

  constructor(
    readonly devices: PacedStore<Devices>,
    private readonly clock: Clock = browserClock,
  ) {}

  tell(routerId: string, change: DeviceChange): void {
    const urgency = urgencyOf(this.devices.settled(), routerId, change);
    this.#gathered.push({ routerId, change, at: this.clock.now() });
    if (this.#gathered.length === 1) this.devices.defer((state) => applyChanges(state, this.#take()));
    if (urgency === 'now') this.devices.update(this.devices.latest(), 'now');
    else if (this.#gathered.length >= mostGathered) this.devices.latest();
  }

  #take(): Told[] {
    const told = this.#gathered;
    this.#gathered = [];
    return told;
  }
}
