// Keeps the shell of the dashboard (the page, its scripts, styles and font), so that it opens at once and says what is wrong without a network.
// Shows push messages, in the words of the server: which router, and what. Nothing of the API is kept, ever. SPDX-License-Identifier: Apache-2.0
/* global self, caches, fetch, URL, SHELL, VERSION */
const cacheName = `vivi-shell-${VERSION}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(cacheName)
      .then((cache) => cache.addAll(SHELL))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  // A page: the server's own answer, so that a new version is seen at once; the kept one when there is no server.
  if (request.mode === 'navigate' && !url.pathname.startsWith('/graph')) {
    event.respondWith(fetch(request).catch(() => caches.match('/', { cacheName })));
    return;
  }
  // Files of the shell never change under their name.
  if (SHELL.includes(url.pathname) && url.pathname !== '/') {
    event.respondWith(caches.match(request, { cacheName }).then((kept) => kept ?? fetch(request)));
  }
});

const text = (value) => (typeof value === 'string' ? value : '');

/** An address of this server; the dashboard itself for any other. */
function addressIn(message) {
  const address = new URL(text(message.url) || '/', self.location.origin);
  return address.origin === self.location.origin ? address.href : new URL('/', self.location.origin).href;
}

// Each push has to be shown: browsers take the permission away otherwise.
self.addEventListener('push', (event) => {
  let message = {};
  try {
    message = event.data?.json() ?? {};
  } catch {
    // Not ours, or of another version: shown as what it is, something new.
  }
  const options = { body: text(message.body), tag: text(message.tag) || 'vivi', icon: '/icon-192.png', badge: '/icon-192.png', data: { url: addressIn(message) } };
  event.waitUntil(self.registration.showNotification(text(message.title) || 'Vivi', options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url } = event.notification.data ?? { url: '/' };
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(async (windows) => {
      const shown = windows.find((each) => new URL(each.url).origin === self.location.origin);
      if (!shown) return self.clients.openWindow(url);
      await shown.focus();
      return shown.navigate(url).catch(() => self.clients.openWindow(url)); // One that this worker does not hold goes nowhere for it.
    }),
  );
});
