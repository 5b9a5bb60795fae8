import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url))

/** Puts what was measured between the markers of its name in docs/performance.md, with the machine and the date. */
export function writeFinding(name: string, markdown: string): void {
  const text = readFileSync(path, 'utf8')
  const [begin, end] = [`<!-- measured: ${name} -->`, '<!-- end -->']
  const start = text.indexOf(begin)
  const stop = text.indexOf(end, start)
  if (start === -1 || stop === -1) throw new Error(`docs/performance.md has no block «${begin} … ${end}»`)
  writeFileSync(path, `${text.slice(0, start + begin.length)}\n${markdown}\n\n${circumstances()}\n${text.slice(stop)}`)
}

function circumstances(): string {
  const processor = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return `Measured on ${new Date().toISOString().slice(0, 10)}: ${processor}, ${memory}, Node ${process.versions.node}, the server on the same machine.`
}
