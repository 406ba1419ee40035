// How large a network must be for how many guests, and how long leases run, by the kind of event.
// SPDX-License-Identifier: Apache-2.0
import type { EventTemplate } from '../../generated/graphql';

/** Phones, laptops, watches, and those whose MAC is another one tomorrow. */
const devicesPerGuest = 2;
const shortestPrefix = 16;
const longestPrefix = 22;
/** Kept out of the pool at its start: the router, and what has an address of its own. */
const reserved = 49;

const leaseHours: Record<EventTemplate, number> = { CONFERENCE: 2, LAN_PARTY: 12, HACKATHON: 8, FESTIVAL: 1, SCHOOL: 2 };

export interface Sizing {
  readonly prefix: number;
  readonly from: string;
  readonly to: string;
  /** Addresses that can be leased. */
  readonly pool: number;
  readonly leaseSeconds: number;
}

function addressAt(offset: number): string {
  return `10.66.${Math.floor(offset / 256)}.${offset % 256}`;
}

/** In 10.66.0.0/16, from /22 (at most 486 guests) to /16. */
export function sizeFor(guests: number, template: EventTemplate): Sizing {
  let prefix = longestPrefix;
  const poolOf = (length: number) => 2 ** (32 - length) - 2 - reserved;
  while (prefix > shortestPrefix && poolOf(prefix) < guests * devicesPerGuest) prefix--;
  const last = 2 ** (32 - prefix) - 2;
  return { prefix, from: addressAt(reserved + 1), to: addressAt(last), pool: poolOf(prefix), leaseSeconds: leaseHours[template] * 3600 };
}

/** Members of a router's first configuration (docs/protocol.md section 5): guests behind eth1, the venue on eth0. */
export function firstConfiguration(guests: number, template: EventTemplate): unknown {
  const { prefix, from, to, leaseSeconds } = sizeFor(guests, template);
  return {
    networks: [{ name: 'lan', interface: 'eth1', address: `10.66.0.1/${prefix}`, dhcp: { from, to, lease_seconds: leaseSeconds, domain: 'lan' } }],
    uplink: { interface: 'eth0', mode: 'dhcp' },
  };
}
