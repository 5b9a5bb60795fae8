import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Target } from '#oltp/database/contract.js'
import { provide } from '../../tests/support/debian.js'
import type { Speed } from '../compare.js'
import { runChild } from './child.js'

export interface SysbenchTable {
  /** The MySQL database that holds `sbtest1`. */
  readonly database: string
  readonly rows: number
}

/** sysbench from Debian's package, one of its own scripts with uniform keys. */
export async function runSysbench(target: Target, script: string, command: string, table: SysbenchTable, args: readonly string[] = []) {
  const program = await provide('sysbench')
  const usr = join(dirname(program), '..', 'usr')
  const connection = [
    `--mysql-host=${target.host}`,
    `--mysql-port=${target.port}`,
    `--mysql-user=${target.user}`,
    `--mysql-password=${target.password ?? ''}`,
    `--mysql-db=${table.database}`,
  ]
  const size = ['--tables=1', `--table-size=${table.rows}`, '--rand-type=uniform']
  // The scripts load each other from the working directory.
  const cwd = join(usr, 'share', 'sysbench')
  return runChild(program, [`${script}.lua`, ...connection, ...size, ...args, command], { cwd, env: { MARIADB_PLUGIN_DIR: plugins(usr) } })
}

/** A measured run: transactions per second as it prints them, its own processor time over its events. */
export async function benchSysbench(target: Target, script: string, table: SysbenchTable, args: readonly string[]): Promise<Speed> {
  const { stdout, cpu_s } = await runSysbench(target, script, 'run', table, args)
  const [, transactions, tps] = /transactions:\s+(\d+)\s+\(([\d.]+) per sec/.exec(stdout) ?? []
  if (transactions === undefined) throw new Error(`sysbench printed no result:\n${stdout}`)
  return { tps: Number(tps), cpu_us: (cpu_s * 1e6) / Number(transactions) }
}

/** The client library of an unpacked package looks for its plugins where the package would have been installed. */
function plugins(usr: string): string {
  const lib = join(usr, 'lib')
  const found = readdirSync(lib, { recursive: true, encoding: 'utf8' }).find(path => path.endsWith('caching_sha2_password.so'))
  if (found === undefined) throw new Error("sysbench's client library has no plugins")
  return dirname(join(lib, found))
}
