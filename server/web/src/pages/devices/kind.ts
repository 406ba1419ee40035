// What a device may be, guessed from what it calls itself. A hint for people, never a decision; null when nothing speaks for anything.
// SPDX-License-Identifier: Apache-2.0
export const kinds = ['phone', 'tablet', 'laptop', 'desktop', 'console', 'printer', 'screen', 'camera', 'board'] as const;
export type Kind = (typeof kinds)[number];

/** The first that fits; names as makers give them out of the box. */
const signs: readonly (readonly [Kind, RegExp])[] = [
  ['tablet', /\b(ipad|galaxy-?tab|tablet|fire-?hd)/i],
  ['phone', /\b(iphone|android|pixel|galaxy|oneplus|redmi|xiaomi|huawei|phone|telephone|nokia|moto)/i],
  ['laptop', /\b(macbook|laptop|thinkpad|xps|chromebook|surface|notebook|portable)/i],
  ['console', /\b(playstation|ps[45]|xbox|switch|nintendo|steamdeck)/i],
  ['printer', /\b(printer|laserjet|officejet|epson|brother|canon|imprimante|[eb]rw?[0-9a-f]{12}$|npi[0-9a-f]{6}$)/i],
  ['screen', /\b(tv|chromecast|roku|appletv|apple-tv|firetv|bravia|signage)/i],
  ['camera', /\b(cam|camera|ipcam|webcam)/i],
  ['board', /\b(raspberrypi|raspberry|esp[-_]?[0-9a-f]+|arduino|jetson)/i],
  ['desktop', /\b(desktop|imac|mac-?mini|pc|workstation)/i],
];

export function kindOf(hostname: string): Kind | null {
  return signs.find(([, sign]) => sign.test(hostname))?.[0] ?? null;
}
