// The order of the rows on the page: taken again when it is time, or when somebody asks for another one.
// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';
import type { Device } from '../../live/devices';
import { nextOrder, noOrder, reorderEveryMs, type Order, type View } from './view';

export function useOrder(devices: ReadonlyMap<string, Device>, view: View, isHeld: boolean): readonly string[] {
  const order = useRef<Order>(noOrder);
  const [, turn] = useState(0);
  useEffect(() => {
    if (isHeld) return;
    const timer = setInterval(() => turn((before) => before + 1), reorderEveryMs);
    return () => clearInterval(timer);
  }, [isHeld]);
  order.current = nextOrder(order.current, devices, view, isHeld, Date.now());
  return order.current.ids;
}
