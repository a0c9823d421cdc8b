// What grafeo does with the rows: node grafeo.mjs load PACKAGE DB | counts DB | scan DB | lookup DB ID
// The last line of stdout is JSON with the result, processor seconds and peak memory, as peers.py reads it.
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import grafeo from '@grafeo-db/js'

const { GrafeoDB } = grafeo

const BATCH = 50_000
const NODES = { governments: 'Government', arrangements: 'Arrangement' }
const EDGES = { cooperation: 'COOPERATES_WITH', parties: 'PARTY_TO' }
const NUMBERS = new Set(['lon', 'lat', 'weight'])

/** The rows of a table in batches; no cell of a synthetic package is quoted. */
async function * batches(path) {
  let columns
  let rows = []
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const cells = line.split(',')
    if (columns === undefined) {
      columns = cells
      continue
    }
    const row = {}
    columns.forEach((column, at) => {
      if (cells[at] !== '') row[column] = NUMBERS.has(column) ? Number(cells[at]) : cells[at]
    })
    rows.push(row)
    if (rows.length === BATCH) {
      yield rows
      rows = []
    }
  }
  if (rows.length > 0) yield rows
}

async function load(folder, path) {
  const db = GrafeoDB.create(path)
  const ids = new Map()
  for (const [table, label] of Object.entries(NODES)) {
    for await (const rows of batches(`${folder}/${table}.csv`)) {
      const made = await db.batchCreateNodesWithProps(label, rows)
      rows.forEach((row, at) => {
        // The key is held unique here, as the others hold it.
        if (ids.has(row.id)) throw new Error(`${row.id} comes twice`)
        ids.set(row.id, made[at])
      })
    }
  }
  for (const [table, type] of Object.entries(EDGES)) {
    for await (const rows of batches(`${folder}/${table}.csv`)) {
      const edges = rows.map(({ from, to, ...properties }) => {
        if (!ids.has(from) || !ids.has(to)) throw new Error(`${properties.id} has an end that no row has`)
        return { src: ids.get(from), dst: ids.get(to), type, properties }
      })
      await db.batchCreateEdges(edges)
    }
  }
  await db.execute('CREATE INDEX government_id FOR (g:Government) ON (g.id)')
  db.close()
  return null
}

async function ask(path, text) {
  const db = GrafeoDB.openReadOnly(path)
  const rows = (await db.execute(text)).toArray()
  db.close()
  return rows
}

async function counts(path) {
  const found = {}
  for (const [table, label] of Object.entries(NODES)) {
    found[table] = Number((await ask(path, `MATCH (n:${label}) RETURN count(n) AS n`))[0].n)
  }
  for (const [table, type] of Object.entries(EDGES)) {
    found[table] = Number((await ask(path, `MATCH ()-[r:${type}]->() RETURN count(r) AS n`))[0].n)
  }
  return found
}

async function scan(path) {
  const text = 'MATCH (a)-[r:COOPERATES_WITH]->(b) RETURN count(r) AS n, sum(r.weight) AS w, max(r.valid_from) AS d'
  const [row] = await ask(path, text)
  return [Number(row.n), row.w]
}

async function lookup(path, id) {
  const text =
    `MATCH (a:Government {id: '${id}'})-[r:COOPERATES_WITH]-(b:Government) ` +
    'RETURN b.id, b.name, r.id, r.domains, r.weight, r.valid_from, r.valid_to'
  return (await ask(path, text)).length
}

function peakMb() {
  const line = readFileSync('/proc/self/status', 'ascii').split('\n').find((line) => line.startsWith('VmHWM:'))
  return Number(line.split(/\s+/)[1]) * 1024 / 1e6
}

const [step, ...rest] = process.argv.slice(2)
const result = await { load, counts, scan, lookup }[step](...rest)
const { user, system } = process.cpuUsage()
console.log(JSON.stringify({ result, cpu: (user + system) / 1e6, peak_mb: peakMb() }))
