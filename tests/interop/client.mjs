// A stock Automerge client on a backlog: nothing here knows of Cutline but the names of fields in the document.
//
// node client.mjs SOCKET AUTOMERGE_URL
// It prints one JSON line when it has the backlog and one after each change: { name, items: { id: { title, status } } }.
// It reads one JSON line per command: { "title": [id, text] } puts a title, { "status": [id, word] } puts a status.
// It ends when its input does.
import { createInterface } from "node:readline";

import { ImmutableString, Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";

const [socket, url] = process.argv.slice(2);
const repo = new Repo({ network: [new WebSocketClientAdapter(socket)] });
const handle = await repo.find(url, { signal: AbortSignal.timeout(20_000) });

function show() {
  const backlog = handle.doc();
  const items = {};
  for (const bucket of Object.values(backlog.items)) {
    for (const [id, item] of Object.entries(bucket)) {
      items[id] = { title: String(item.title), status: String(item.status) };
    }
  }
  console.log(JSON.stringify({ name: String(backlog.product.name), items }));
}

function put(id, field, value) {
  handle.change((backlog) => {
    const bucket = Object.values(backlog.items).find((bucket) => id in bucket);
    bucket[id][field] = value;
  });
}

handle.on("change", show);
show();
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  // Both ways in which a client of this kind writes text: as one value, and as a text that merges.
  if (command.title) put(command.title[0], "title", command.title[1]);
  if (command.status) put(command.status[0], "status", new ImmutableString(command.status[1]));
}
process.exit(0);
