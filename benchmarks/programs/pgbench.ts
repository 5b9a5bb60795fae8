import type { Target } from '#oltp/database/contract.js'
import { provide } from '../../tests/support/debian.js'
import type { Speed } from '../compare.js'
import { runChild } from './child.js'

/** pgbench from Debian's package. @param searchPath the schema whose tables it uses; the server's default unless given */
export async function runPgbench(target: Target, args: readonly string[], searchPath?: string) {
  const connection = ['-h', target.host, '-p', String(target.port), '-U', target.user, target.database ?? 'postgres']
  const env = {
    PGPASSWORD: target.password ?? '',
    PGSSLMODE: 'disable',
    ...(searchPath === undefined ? {} : { PGOPTIONS: `-c search_path=${searchPath}` }),
  }
  return runChild(await provide('pgbench'), [...args, ...connection], { env })
}

/** A measured run: TPS as it prints it, its own processor time over the transactions that it processed. */
export async function benchPgbench(target: Target, args: readonly string[], searchPath: string): Promise<Speed> {
  const { stdout, cpu_s } = await runPgbench(target, args, searchPath)
  const tps = /^tps = ([\d.]+) \(without/m.exec(stdout)?.[1]
  const processed = /^number of transactions actually processed: (\d+)/m.exec(stdout)?.[1]
  if (tps === undefined || processed === undefined) throw new Error(`pgbench printed no result:\n${stdout}`)
  return { tps: Number(tps), cpu_us: (cpu_s * 1e6) / Number(processed) }
}
