// What the benchmark needs of Yjs: documents and edits as people's browsers would make them, and a Hocuspocus server.
//   node bench.mjs corpus ITEMS CLIENTS EDITS FILE    the founding update, then each client's edits, length first
//   node bench.mjs hocuspocus FOLDER PORT             serves, keeping documents in files
//   node bench.mjs clocks FILE                        how far the update in the file goes for each client, as JSON

import fs from 'node:fs'
import path from 'node:path'
import * as Y from 'yjs'

const [what, ...rest] = process.argv.slice(2)

if (what === 'corpus') {
  const [items, clients, edits] = rest.slice(0, 3).map(Number)
  const parts = []
  const founder = new Y.Doc()
  founder.clientID = 1
  founder.transact(() => {
    const map = founder.getMap('items')
    for (let n = 0; n < items; n++) {
      const item = new Y.Map()
      map.set(`item-${n}`, item)
      const values = { kind: 'story', title: `As a planner I want to see item ${n} in its place`, status: 'todo',
        place: 'product', estimate: 1 + (n % 13), rank: String(n * 100).padStart(6, '0') }
      for (const [name, value] of Object.entries(values)) item.set(name, value)
    }
  })
  const founding = Y.encodeStateAsUpdate(founder)
  parts.push(founding)
  let seed = 1
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below
  for (let client = 0; client < clients; client++) {
    const own = new Y.Doc()
    Y.applyUpdate(own, founding)
    own.clientID = 1000 + client
    own.on('update', (update) => parts.push(update))
    for (let n = 0; n < edits; n++) {
      const item = own.getMap('items').get(`item-${random(items)}`)
      const edit = [['rank', String(random(1000000)).padStart(6, '0')], ['estimate', 1 + random(12)],
        ['title', `Refined to ${random(1e9).toString(36)}`]][random(3)]
      item.set(...edit)
    }
    own.destroy()
  }
  const file = fs.openSync(rest[3], 'w')
  for (const part of parts) {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(part.length)
    fs.writeSync(file, length)
    fs.writeSync(file, part)
  }
} else if (what === 'clocks') {
  const state = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(fs.readFileSync(rest[0])))
  console.log(JSON.stringify(Object.fromEntries(state)))
} else if (what === 'hocuspocus') {
  const { Server } = await import('@hocuspocus/server')
  const { Database } = await import('@hocuspocus/extension-database')
  const place = (name) => path.join(rest[0], encodeURIComponent(name))
  const server = new Server({
    address: '127.0.0.1',
    port: Number(rest[1]),
    quiet: true,
    extensions: [new Database({
      fetch: async ({ documentName }) => fs.existsSync(place(documentName)) ? fs.readFileSync(place(documentName)) : null,
      store: async ({ documentName, state }) => fs.writeFileSync(place(documentName), state),
    })],
  })
  await server.listen()
  console.log(`running on port ${rest[1]}`)
}
