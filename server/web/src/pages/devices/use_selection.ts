// Which rows are ticked. Another filter begins anew: nobody should act on rows they do not see.
// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from 'react';
import type { Device } from '../../live/devices';

export interface Selection {
  readonly ids: ReadonlySet<string>;
  toggle(id: string): void;
  set(ids: readonly string[]): void;
  clear(): void;
  of(devices: ReadonlyMap<string, Device>): readonly Device[];
}

export function useSelection(key: string): Selection {
  const [taken, setTaken] = useState<{ key: string; ids: ReadonlySet<string> }>({ key, ids: new Set() });
  const ids = taken.key === key ? taken.ids : none;
  return useMemo(
    () => ({
      ids,
      toggle: (id) =>
        setTaken((before) => {
          const next = new Set(before.key === key ? before.ids : []);
          if (!next.delete(id)) next.add(id);
          return { key, ids: next };
        }),
      set: (all) => setTaken({ key, ids: new Set(all) }),
      clear: () => setTaken({ key, ids: none }),
      of: (devices) => [...ids].flatMap((id) => devices.get(id) ?? []),
    }),
    [ids, key],
  );
}

const none: ReadonlySet<string> = new Set();
