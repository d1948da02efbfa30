// The page's first script: it starts the app and, when the page has settled, the service worker.
// Names in double braces are put in by the build.

performance.mark("cutline-boot");

const BUILD = "cutline-build-{{version}}";

// What a backlog looked like when it was last open here is read while the app is fetched and compiled, so that the page
// begins with its rows. Where this fails or takes long, the app reads it itself and knows what to say.
const READING_MS = 250;
const [, folder, backlog] = location.pathname.split("/");
const reading = folder === "b" && backlog ? viewOf(backlog).catch(() => undefined) : undefined;

// Held for as long as this page lives, so that the service worker keeps the files of its build.
navigator.locks?.request(BUILD, { mode: "shared" }, () => new Promise(() => {}));

// A backlog is held by a worker, which would ask for its part of the app only when this page's own runs. Read to the end,
// since a half-read file would hold up the one who asks next.
const isFirst = location.pathname.startsWith("/b/") && !navigator.serviceWorker?.controller;
for (const part of isFirst ? {{session}} : []) fetch(part).then((found) => found.arrayBuffer()).catch(() => {});

try {
  const { default: init, start_page } = await import("{{app.js}}");
  await init({ module_or_path: "{{app.wasm}}" });
  const late = new Promise((resolve) => setTimeout(resolve, READING_MS));
  const view = reading && (await Promise.race([reading, late]));
  start_page("{{worker.js}}", view && new Uint8Array(view));
  performance.mark("cutline-started");
} catch (error) {
  const notice = document.createElement("p");
  notice.setAttribute("role", "alert");
  notice.textContent = `Cutline could not start in this browser: ${error}. Your backlogs are untouched; reload to try again.`;
  document.body.append(notice);
  throw error;
}

if ("serviceWorker" in navigator) {
  if (document.readyState !== "complete") {
    await new Promise((loaded) => addEventListener("load", loaded, { once: true }));
  }
  if (isFirst) await rowsOrLate();
  // After the first paint: filling the cache must not compete with it.
  (self.requestIdleCallback ?? setTimeout)(() => keepForOffline().catch((error) => console.warn("Not kept for offline use:", error)));
}

// What the app's storage (platform/indexed_db) holds under a backlog's name for its first rows.
function viewOf(backlog) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("cutline");
    // It is the app that makes the database.
    opening.onupgradeneeded = () => opening.transaction.abort();
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const done = (settle) => (database.close(), settle());
      try {
        const asked = database.transaction("views").objectStore("views").get(backlog);
        asked.onsuccess = () => done(() => resolve(asked.result));
        asked.onerror = () => done(() => reject(asked.error));
      } catch (error) {
        done(() => reject(error));
      }
    };
  });
}

// A backlog's first rows, or some seconds where there are none.
function rowsOrLate() {
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => list.getEntriesByName("cutline-rows").length > 0 && resolve());
    observer.observe({ type: "mark", buffered: true });
    setTimeout(resolve, 4_000);
  });
}

// Registers the service worker. A newer build waits until the person agrees:
// the window hears "cutline-update" and answers, whenever it likes, by calling `cutlineUpdate()`.
async function keepForOffline() {
  const container = navigator.serviceWorker;
  const registration = await registered(container);
  container.addEventListener("message", ({ data: { waiting, agreed } }) => {
    // One that the person agreed to may still wait for the former one to end.
    if (waiting && waiting !== BUILD) {
      window.cutlineUpdate = () => (registration.waiting ? registration.waiting.postMessage("take over") : location.reload());
      window.dispatchEvent(new CustomEvent("cutline-update"));
    }
    if (agreed && agreed !== BUILD) location.reload();
  });
  container.startMessages();

  // The first worker only begins to serve pages of its own build.
  const announce = () => container.controller && registration.waiting?.postMessage("which build?");
  registration.addEventListener("updatefound", () => {
    const arriving = registration.installing;
    arriving?.addEventListener("statechange", () => {
      if (arriving.state === "installed") announce();
    });
  });
  announce();

  const ready = await container.ready;
  ready.active?.postMessage("forget unused builds");
  // A tab that stays open for days looks for a newer build whenever somebody returns to it.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {});
  });
}

// A network that goes away in between takes nothing but time.
async function registered(container) {
  for (;;) {
    try {
      return await container.register("/sw.js", { updateViaCache: "none" });
    } catch (error) {
      console.warn("Not kept for offline use yet:", error);
      await new Promise((online) => addEventListener("online", online, { once: true }));
    }
  }
}
