// A button whose menu is loaded when somebody goes for it: menus are a third of what the first page would weigh.
// SPDX-License-Identifier: Apache-2.0
import { cloneElement, useState, type ComponentType, type ReactElement } from 'react';

export interface LoadedMenu {
  trigger: ReactElement;
  /** Open at once: somebody has asked before it was there. */
  defaultOpen: boolean;
}

interface Props {
  trigger: ReactElement<Record<string, unknown>>;
  load: () => Promise<ComponentType<LoadedMenu>>;
}

export function LazyMenu({ trigger, load }: Props) {
  const [Loaded, setLoaded] = useState<ComponentType<LoadedMenu> | null>(null);
  if (Loaded) return <Loaded trigger={trigger} defaultOpen />;
  const open = () => void load().then((component) => setLoaded(() => component));
  return cloneElement(trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onClick: open,
    onPointerEnter: () => void load(),
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      open();
    },
  });
}
