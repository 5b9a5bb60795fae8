import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exitCodes, OltpError } from '../errors.js'

/**
 * Writes a scenario with tables of its own, that runs as it is. Overwrites nothing.
 *
 * @returns the files written
 * @throws OltpError NAME_INVALID, FILE_EXISTS, exit code 2
 */
export async function writeNewScenario(name: string, folder: string): Promise<readonly string[]> {
  if (!/^[a-z][a-z0-9_-]{0,39}$/.test(name)) {
    throw new OltpError('NAME_INVALID', exitCodes.usage, `«${name}» cannot be the name of a scenario`, {
      hint: 'a lower-case letter, then letters, digits, `-` and `_`; without an ending',
    })
  }
  const written: string[] = []
  try {
    for (const [path, text] of Object.entries(filesOf(name))) {
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text, { flag: 'wx' })
      written.push(file)
    }
  } catch (error) {
    // Half a scenario helps nobody.
    for (const file of written) await rm(file, { force: true })
    throw asOltpError(error, name)
  }
  return written
}

function asOltpError(error: unknown, name: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return error
  if (error.code === 'EEXIST' || error.code === 'ENOTDIR') {
    return new OltpError('FILE_EXISTS', exitCodes.usage, `${error.path} is there already`, {
      hint: `choose another name than ${name}, or another folder`,
      cause: error,
    })
  }
  return new OltpError('FILE_UNWRITABLE', exitCodes.usage, `cannot write ${error.path}: ${error.code}`, {
    hint: 'go to a folder in which you may write',
    cause: error,
  })
}

function filesOf(name: string): { readonly [path: string]: string } {
  const createTable = (engine: string) => `CREATE TABLE item (
  id INT NOT NULL PRIMARY KEY,
  stock INT NOT NULL,
  sold INT NOT NULL
)${engine};
`
  return {
    [`${name}.yaml`]: scenarioText(name),
    [`${name}/postgres/0001_item.up.sql`]: createTable(''),
    [`${name}/postgres/0001_item.down.sql`]: 'DROP TABLE item;\n',
    [`${name}/mysql/0001_item.up.sql`]: createTable(' ENGINE = InnoDB'),
    [`${name}/mysql/0001_item.down.sql`]: 'DROP TABLE item;\n',
  }
}

function scenarioText(name: string): string {
  return `# For completion in your editor, once: oltp scenarios schema > scenario.schema.json
# and then as the first line here:       # yaml-language-server: $schema=scenario.schema.json
version: 1
name: ${name}
title: Sell from stock
description: >-
  Clients buy a few pieces of an item. Some items are asked for more often than others,
  and nothing may be sold that is not there.

parameters:                       # change them for a run: --set items=100
  items: { type: int, default: 1000, min: 1, help: Number of items }
  skew: { type: float, default: 1.0, min: 0, help: "Zipf exponent, 0 is uniform" }

migrations: ${name}                   # the tables: ${name}/<engine>/0001_item.up.sql
seed:
  - table: item
    rows: $items
    columns: { id: row(), stock: 1000000, sold: 0 }

defaults:
  isolation: read committed

transactions:
  buy:
    weight: 80
    let:                          # drawn before BEGIN, the same again in a retry
      item: zipf(1, $items, $skew)
      pieces: uniform(1, 5)
    steps:
      - id: lock
        sql: SELECT stock FROM item WHERE id = :item FOR UPDATE
        save: [stock]
      - rollback_if: stock < pieces   # sold out: an outcome, not a failure
      - sql: UPDATE item SET stock = stock - :pieces, sold = sold + :pieces WHERE id = :item
        expect: { rows: 1 }
    tally: { pieces: pieces }     # summed over what was committed
  look:
    weight: 20
    autocommit: true
    let: { item: "uniform(1, $items)" }
    steps:
      - sql: SELECT stock, sold FROM item WHERE id = :item

phases:
  - { name: warmup, duration: 2s, clients: 8, measure: false }
  - { name: steady, duration: 10s, clients: 8 }

invariants:
  - name: nothing is lost
    sql: SELECT SUM(stock + sold) FROM item
    equals: before
    check: [during, after]
  - name: what was sold is what was bought
    sql: SELECT SUM(sold) FROM item
    equals: before + tally.pieces

thresholds:
  - failed < 0.1%

variants:                         # oltp bench ${name}.yaml --variant serializable
  serializable: { isolation: serializable }
`
}
