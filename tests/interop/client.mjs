// A stock Automerge client on a backlog: nothing here knows of Cutline but the names of fields in the document.
//
// node client.mjs SOCKET AUTOMERGE_URL|new
// It finds a backlog, or makes one. It prints one JSON line when it has done so and one after each change, message, or
// failure to find: { url, name, items: { id: { title, status } }, heard: [message], unavailable }.
// It reads one JSON line per command:
//   { "title": [id, text] } puts a title, { "status": [id, word] } puts a status, { "add": [id, title] } adds an item,
//   { "fill": [count, text] } adds so many items with that description, 50 in a change,
//   { "say": message } says something to the other clients, { "find": ms } looks for the backlog again, for so long.
// It ends when its input does.
import { createInterface } from "node:readline";

import { ImmutableString, Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";

const [socket, wanted] = process.argv.slice(2);
// Tries again after a tenth of a second when the relay is away.
const repo = new Repo({ network: [new WebSocketClientAdapter(socket, 100)] });
const heard = [];
let handle;
let quiet = false;

function show(unavailable = false) {
  if (quiet) return;
  const backlog = handle?.doc() ?? { product: {}, items: {} };
  const items = {};
  for (const bucket of Object.values(backlog.items)) {
    for (const [id, item] of Object.entries(bucket)) {
      items[id] = { title: String(item.title), status: String(item.status) };
    }
  }
  const url = handle?.url ?? wanted;
  console.log(JSON.stringify({ url, name: String(backlog.product.name), items, heard, unavailable }));
}

function take(found) {
  handle = found;
  handle.on("change", () => show());
  handle.on("ephemeral-message", ({ message }) => {
    heard.push(message);
    show();
  });
  show();
}

async function find(patience = 20_000) {
  try {
    take(await repo.find(wanted, { signal: AbortSignal.timeout(patience) }));
  } catch {
    show(true);
  }
}

function create() {
  const buckets = Array.from({ length: 128 }, (_, n) => [n.toString(16).padStart(2, "0"), {}]);
  take(
    repo.create({
      schema: 1,
      product: { name: new ImmutableString("Made outside") },
      people: {},
      items: Object.fromEntries(buckets),
      ...{ lists: {}, releases: {}, sprints: {}, goals: {}, initiatives: {}, themes: {} },
      ...{ feedback: {}, scorecards: {}, meetings: {} },
    }),
  );
}

function put(id, field, value) {
  handle.change((backlog) => {
    const bucket = Object.values(backlog.items).find((bucket) => id in bucket);
    bucket[id][field] = value;
  });
}

function add(backlog, id, item) {
  const text = (word) => new ImmutableString(word);
  backlog.items["00"][id] = { ...item, status: text("todo"), kind: text("story"), place: text("product") };
}

function fill(count, text) {
  quiet = true;
  const id = (n) => `item${String(n).padStart(8, "0")}`;
  for (let first = 0; first < count; first += 50) {
    handle.change((backlog) => {
      for (let n = first; n < Math.min(count, first + 50); n++) {
        const title = new ImmutableString(`Item ${n}`);
        add(backlog, id(n), { title, description: new ImmutableString(`${n} ${text}`) });
      }
    });
  }
  quiet = false;
  show();
}

if (wanted === "new") create();
else await find();
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  // Both ways in which a client of this kind writes text: as one value, and as a text that merges.
  if (command.title) put(command.title[0], "title", command.title[1]);
  if (command.status) put(command.status[0], "status", new ImmutableString(command.status[1]));
  if (command.add) {
    const [id, title] = command.add;
    handle.change((backlog) => add(backlog, id, { title: new ImmutableString(title) }));
  }
  if (command.fill) fill(...command.fill);
  if (command.say) handle.broadcast(command.say);
  if (command.find) await find(command.find);
}
process.exit(0);
