// Keeps one build of the app for use without a network. The build puts in the names and the version.
//
// Every file but this one has a hash of its content in its name, the page included: a cache can't mix two builds, and a
// build that is replaced while it is fetched fails to install as a whole and is tried again later.
const CACHE = "cutline-build-{{version}}";
const PAGE = "{{index.html}}";
const FILES = {{files}};
// Holds the page of the build that the person agreed to, for as long as the former build's worker still answers.
const AGREED = "cutline-agreed";

// Whatever the relay answers itself, live or not at all.
const isRelays = (path) => /^\/(api|automerge|healthz)(\/|$)/.test(path);
const isHashed = (path) => /-[0-9a-f]{16}\.[a-z0-9]+$/.test(path);
// The page's own addresses have no ending.
const isPage = (path) => !path.slice(path.lastIndexOf("/")).includes(".");

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => event.waitUntil(begin()));

self.addEventListener("message", (event) => {
  if (event.data === "which build?") event.source.postMessage({ waiting: CACHE });
  if (event.data === "take over") event.waitUntil(takeOver());
  if (event.data === "forget unused builds") event.waitUntil(forgetUnusedBuilds());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || isRelays(url.pathname)) return;
  if (request.mode === "navigate" && isPage(url.pathname)) {
    event.respondWith(page(request));
  } else if (isHashed(url.pathname)) {
    event.respondWith(kept(url.pathname, request, {}));
  }
});

async function page(request) {
  return (await caches.match("/", { cacheName: AGREED })) ?? kept(PAGE, request, { cacheName: CACHE });
}

async function kept(name, request, where) {
  // The same bytes whatever encoding was asked for.
  return (await caches.match(name, { ...where, ignoreVary: true })) ?? fetch(request);
}

// The former build's worker stays for as long as it has something to do, and a browser that ends it just when somebody asks
// it for a file starts it once more. So nobody waits for it: it has the new page from here on.
async function takeOver() {
  try {
    await (await caches.open(AGREED)).put("/", await caches.match(PAGE, { cacheName: CACHE }));
  } catch (error) {
    console.warn("The new build begins when the former one has nothing to do:", error);
    await self.skipWaiting();
  }
  self.skipWaiting();
  for (const client of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) {
    client.postMessage({ agreed: CACHE });
  }
}

async function begin() {
  await caches.delete(AGREED);
  await self.clients.claim();
  await forgetUnusedBuilds();
}

// Every page holds a lock named as the cache of its build. While a build is arriving nothing is forgotten,
// since nobody holds the lock of that one yet.
async function forgetUnusedBuilds() {
  if (self.registration.installing || self.registration.waiting) return;
  const { held } = await navigator.locks.query();
  const used = new Set([CACHE, ...held.map((lock) => lock.name)]);
  for (const name of await caches.keys()) {
    if (name.startsWith("cutline-build-") && !used.has(name)) await caches.delete(name);
  }
}
