// The service worker shows each push in the server's words, leads nowhere else than to this server, and keeps nothing of the API.
// SPDX-License-Identifier: Apache-2.0
import { expect, it, vi } from 'vitest';
import source from '../src/service_worker.js?raw';

type Listener = (event: Record<string, unknown>) => void;

const origin = 'https://vivi.example';

/** The worker, in a world of the test's own. */
function worker(windows: { url: string; focus?: unknown; navigate?: unknown }[] = []) {
  const listeners = new Map<string, Listener>();
  const showNotification = vi.fn(() => Promise.resolve());
  const openWindow = vi.fn(() => Promise.resolve());
  const self = {
    addEventListener: (name: string, listener: Listener) => listeners.set(name, listener),
    location: { origin },
    registration: { showNotification },
    clients: { matchAll: () => Promise.resolve(windows), openWindow },
  };
  new Function('self', 'caches', 'fetch', 'SHELL', 'VERSION', source)(self, {}, vi.fn(), ['/', '/assets/a.js'], 'v');
  const send = async (name: string, event: Record<string, unknown>) => {
    let ended: Promise<unknown> = Promise.resolve();
    listeners.get(name)!({ waitUntil: (promise: Promise<unknown>) => (ended = promise), ...event });
    await ended;
  };
  return { send, listeners, showNotification, openWindow };
}

const pushed = (message: unknown) => ({ data: { json: () => message } });

it('shows a push in the words of the server', async () => {
  const { send, showNotification } = worker();
  await send('push', pushed({ v: 1, tag: 'alarm-7', title: 'Router "Hall" does not answer', body: '', url: `${origin}/now` }));
  expect(showNotification).toHaveBeenCalledExactlyOnceWith('Router "Hall" does not answer', expect.objectContaining({ body: '', tag: 'alarm-7', data: { url: `${origin}/now` } }));
});

it('shows something for each push, whatever is in it, and leads to this server alone', async () => {
  for (const event of [{}, { data: null }, { data: { json: () => JSON.parse('{') } }, pushed({ title: 7, url: 'https://elsewhere.example/x' }), pushed({ url: 'javascript:alert(1)' })]) {
    const { send, showNotification } = worker();
    await send('push', event);
    expect(showNotification).toHaveBeenCalledExactlyOnceWith('Vivi', expect.objectContaining({ data: { url: `${origin}/` } }));
  }
});

it('opens what it is about in the window that is there, else in one of its own', async () => {
  const notification = { close: vi.fn(), data: { url: `${origin}/now` } };
  const none = worker();
  await none.send('notificationclick', { notification });
  expect(none.openWindow).toHaveBeenCalledWith(`${origin}/now`);
  const shown = { url: `${origin}/devices`, focus: vi.fn(() => Promise.resolve()), navigate: vi.fn(() => Promise.resolve()) };
  const there = worker([{ url: 'https://elsewhere.example/' }, shown]);
  await there.send('notificationclick', { notification });
  expect(shown.navigate).toHaveBeenCalledWith(`${origin}/now`);
  expect(there.openWindow).not.toHaveBeenCalled();
  expect(notification.close).toHaveBeenCalledTimes(2);
});

it('answers nothing of the API or of reports', () => {
  const { listeners } = worker();
  for (const path of ['/graphql', '/reports/x.pdf']) {
    const respondWith = vi.fn();
    listeners.get('fetch')!({ request: { method: 'GET', url: `${origin}${path}`, mode: 'cors' }, respondWith });
    expect(respondWith).not.toHaveBeenCalled();
  }
});
