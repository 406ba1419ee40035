// Keeps the shell of the dashboard (the page, its scripts, styles and font), so that it opens at once and says what is wrong without a network.
// Nothing of the API is kept, ever. SPDX-License-Identifier: Apache-2.0
/* global self, caches, fetch, SHELL, VERSION */
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
