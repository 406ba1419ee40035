// Push messages in this browser: whether it can, and its subscription as the server takes it.
// SPDX-License-Identifier: Apache-2.0
export interface PushInput {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

/** Why this browser gets no push messages: it cannot (an iPhone only when Vivi is installed), or its person said no. */
export type PushState = 'possible' | 'impossible' | 'denied';

export function pushState(): PushState {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return 'impossible';
  return Notification.permission === 'denied' ? 'denied' : 'possible';
}

/** What PushManager.subscribe takes: base64url without padding (RFC 4648 section 5) as octets. */
export function octetsOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Null when it lacks what the messages are encrypted with (RFC 8291). */
export function inputOf({ endpoint, keys }: PushSubscriptionJSON): PushInput | null {
  const { p256dh, auth } = keys ?? {};
  return endpoint && p256dh && auth ? { endpoint, p256dh, auth } : null;
}

/** Asks the person, then the browser's push service. Null: the person said no. Throws when the service refuses. */
export async function subscribe(pushKey: string): Promise<PushInput | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null;
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  await old?.unsubscribe(); // It may be of another key, or of somebody who was signed in here before.
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: octetsOf(pushKey) });
  return inputOf(made.toJSON());
}

/** The browser's own end of it; the server's is told apart. */
export async function forget(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  await subscription?.unsubscribe();
}
