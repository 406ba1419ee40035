// Which routers can take the place of another: those at no event; the server looks whether one has guests of its own. Pure.
// SPDX-License-Identifier: Apache-2.0
import type { RouterCardFieldsFragment } from '../../generated/graphql';

export type Spare = Pick<RouterCardFieldsFragment, 'id' | 'name' | 'linkState' | 'deviceCount' | 'event'>;

/** Those that call home first, then those that nobody has used: what is away cannot be put to work now. */
export function sparesFor(broken: { readonly id: string }, routers: readonly Spare[]): readonly Spare[] {
  const free = routers.filter(({ id, event }) => id !== broken.id && event === null);
  const order = ({ linkState, deviceCount }: Spare) => (linkState === 'ONLINE' ? 0 : 2) + (deviceCount === 0 ? 0 : 1);
  return free.sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name));
}
