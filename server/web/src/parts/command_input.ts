// What the form of a command says, as the server takes it. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { CommandKind, CommandState, RouterCommandInput } from '../generated/graphql';

/** In the order they are offered; STOP_SERVICE and START_SERVICE are for staff. */
export const offered = ['REBOOT', 'RESTART_SERVICE', 'COLLECT_LOGS', 'PING', 'DNS', 'THROUGHPUT', 'UPDATE_SOFTWARE', 'POWER_OFF'] as const satisfies readonly CommandKind[];
export type Offered = (typeof offered)[number];

/** Units of a router (deploy/router). */
export const services = ['vivi-bridged', 'vivi-dhcpd', 'vivi-dnsd', 'vivi-openvivi-embedded', 'vivi-pcapd'] as const;

const overStates: readonly CommandState[] = ['SUCCEEDED', 'FAILED', 'EXPIRED', 'CANCELLED'];

export function isOver(state: CommandState): boolean {
  return overStates.includes(state);
}

/** `subject`: a service, a host, a name, seconds or a release, as the kind needs. */
export function commandOf(kind: Offered, subject: string): RouterCommandInput {
  switch (kind) {
    case 'REBOOT':
      return { reboot: true };
    case 'POWER_OFF':
      return { powerOff: true };
    case 'RESTART_SERVICE':
      return { restartService: subject };
    case 'COLLECT_LOGS':
      return { collectLogs: { service: subject, followSeconds: 30 } };
    case 'PING':
      return { ping: { host: subject } };
    case 'DNS':
      return { dns: subject };
    case 'THROUGHPUT':
      return { throughput: Number(subject) };
    case 'UPDATE_SOFTWARE':
      return { updateSoftware: subject };
  }
}

/** What it was given, in a line: the service, the host. */
export function subjectOf(parameters: unknown): string {
  if (typeof parameters !== 'object' || parameters === null) return '';
  return Object.values(parameters).filter((value) => typeof value === 'string').join(', ');
}

/** A result for reading: text as it is, lines below each other, anything else as JSON; empty when there is none. */
export function textOf(result: unknown): string {
  if (result === null || result === undefined) return '';
  if (typeof result === 'string') return result;
  if (typeof result === 'object') {
    const values = Object.values(result);
    if (values.length === 0) return '';
    const only = values.length === 1 ? values[0] : undefined;
    if (typeof only === 'string') return only;
    if (Array.isArray(only) && only.every((line) => typeof line === 'string')) return only.join('\n');
  }
  return JSON.stringify(result, null, 1);
}
