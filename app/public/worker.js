// Starts the app's module as a worker. What arrives before the module is ready is kept and handed on in order:
// `start_worker` sets `self.onmessage` before it returns.
import init, { start_worker } from "{{app.js}}";

const early = [];
self.onmessage = (event) => early.push(event);

try {
  await init({ module_or_path: "{{app.wasm}}" });
  start_worker();
  for (const event of early) self.onmessage?.(event);
} catch (error) {
  // Thrown outside of the promise, so that the page's Worker hears an error event.
  setTimeout(() => { throw error; });
}
