// The page's first script: it starts the app and, when the page has settled, the service worker.
// Names in double braces are put in by the build.
import init, { start_page } from "{{app.js}}";

performance.mark("cutline-boot");

// Held for as long as this page lives, so that the service worker keeps the files of its build.
navigator.locks?.request("cutline-build-{{version}}", { mode: "shared" }, () => new Promise(() => {}));

// A backlog is held by a worker, which would ask for its part of the app only when this page's own runs. Read to the end,
// since a half-read file would hold up the one who asks next.
const isFirst = location.pathname.startsWith("/b/") && !navigator.serviceWorker?.controller;
for (const part of isFirst ? {{session}} : []) fetch(part).then((found) => found.arrayBuffer()).catch(() => {});

try {
  await init({ module_or_path: "{{app.wasm}}" });
  start_page("{{worker.js}}");
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
  let controlled = container.controller !== null;
  let reloading = false;
  container.addEventListener("controllerchange", () => {
    // The first worker only begins to serve a page of its own build; a later one replaces the build in every tab.
    if (controlled && !reloading) {
      reloading = true;
      location.reload();
    }
    controlled = true;
  });

  const registration = await registered(container);
  const announce = () => {
    if (registration.waiting && container.controller) {
      window.cutlineUpdate = () => registration.waiting?.postMessage("take over");
      window.dispatchEvent(new CustomEvent("cutline-update"));
    }
  };
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
