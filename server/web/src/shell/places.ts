// The places of the dashboard, in the order of the navigation, and who sees them there.
// SPDX-License-Identifier: Apache-2.0
import type { Session } from '../session';
import type { IconName } from '../ui/icons';

export interface Place {
  readonly name: 'now' | 'devices' | 'traffic' | 'rules' | 'routers' | 'event' | 'settings' | 'godview';
  readonly icon: IconName;
  /** On a phone: in the bar, or under "More". */
  readonly isFirst: boolean;
}

const places: readonly Place[] = [
  { name: 'now', icon: 'now', isFirst: true },
  { name: 'devices', icon: 'devices', isFirst: true },
  { name: 'traffic', icon: 'traffic', isFirst: true },
  { name: 'rules', icon: 'rules', isFirst: true },
  { name: 'routers', icon: 'router', isFirst: false },
  { name: 'event', icon: 'event', isFirst: false },
  { name: 'settings', icon: 'settings', isFirst: false },
  { name: 'godview', icon: 'eye', isFirst: false },
];

export function placesFor({ me, organisation }: Pick<Session, 'me' | 'organisation'>): readonly Place[] {
  return places.filter(({ name }) => (name === 'godview' ? me.isStaff : name === 'settings' || organisation !== null));
}
