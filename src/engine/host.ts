import { readFileSync } from 'node:fs'
import type { HostSecond, Part } from '../measure/tick.js'

/** What the machine has counted since it booted, as far as it says. */
interface HostCounts {
  /** Processor time in clock ticks: what the hypervisor gave to other guests, of all there was. */
  readonly steal: Part | null
  /** Of each cgroup that we are in, from our own upwards: periods in which it had used up its processor time, of all. */
  readonly throttled: readonly (Part | null)[]
  /** Time in which some task of the machine waited for a processor. */
  readonly pressure_us: number | null
}

/** Reads a file of the kernel's; null where there is none. */
export type KernelFiles = (path: string) => string | null

/** Looks at the machine that the generator runs on. Each call tells what was added since the one before; it never fails. */
export function watchHost(read: KernelFiles = readKernelFile): () => HostSecond {
  const groups = cgroupsOf(read('/proc/self/cgroup') ?? '')
  const count = (): HostCounts => ({
    steal: stealOf(read('/proc/stat')),
    throttled: groups.map(path => throttlingOf(read(path))),
    pressure_us: pressureOf(read('/proc/pressure/cpu')),
  })
  let before = count()
  return () => {
    const now = count()
    const second: HostSecond = {
      steal: added(before.steal, now.steal),
      throttled: worst(now.throttled.map((part, index) => added(before.throttled[index] ?? null, part))),
      pressure_us: now.pressure_us === null || before.pressure_us === null ? null : Math.max(0, now.pressure_us - before.pressure_us),
    }
    before = now
    return second
  }
}

export function readKernelFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** `cpu user nice system idle iowait irq softirq steal guest guest_nice`; a guest's time is in the user's already (proc(5)). */
function stealOf(stat: string | null): Part | null {
  const fields = /^cpu +(.*)$/m
    .exec(stat ?? '')?.[1]
    ?.split(' ')
    .map(Number)
  const steal = fields?.[7]
  if (fields === undefined || steal === undefined || fields.some(Number.isNaN)) return null
  return { part: steal, whole: fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0) }
}

function throttlingOf(stat: string | null): Part | null {
  const part = numberAfter('nr_throttled', stat)
  const whole = numberAfter('nr_periods', stat)
  return part === null || whole === null ? null : { part, whole }
}

function pressureOf(pressure: string | null): number | null {
  const some = /^some .*$/m.exec(pressure ?? '')?.[0] ?? null
  const total = /total=(\d+)/.exec(some ?? '')?.[1]
  return total === undefined ? null : Number(total)
}

function numberAfter(name: string, text: string | null): number | null {
  const number = new RegExp(`^${name} (\\d+)$`, 'm').exec(text ?? '')?.[1]
  return number === undefined ? null : Number(number)
}

/**
 * Where a cgroup's `cpu.stat` may lie, our own first, then those around it: each may have a limit. `0::/path` is version 2, a line
 * with the controller `cpu` version 1 (cgroups(7)). In a container the path may be one that only the host can see.
 */
function cgroupsOf(cgroup: string): readonly string[] {
  const lines = cgroup.split('\n').map(line => /^\d+:([^:]*):(\/.*)$/.exec(line))
  return lines.flatMap(line => {
    const [, controllers = '', path = '/'] = line ?? []
    if (line === null) return []
    if (controllers === '') return upwards('/sys/fs/cgroup', path)
    return controllers.split(',').includes('cpu') ? upwards('/sys/fs/cgroup/cpu', path) : []
  })
}

function upwards(root: string, path: string): string[] {
  const parts = path.split('/').filter(part => part !== '')
  return Array.from({ length: parts.length + 1 }, (_, above) => [root, ...parts.slice(0, parts.length - above), 'cpu.stat'].join('/'))
}

function added(before: Part | null, now: Part | null): Part | null {
  if (before === null || now === null) return null
  return { part: Math.max(0, now.part - before.part), whole: Math.max(0, now.whole - before.whole) }
}

/** Of cgroups within each other; a group without a limit counts no periods. */
function worst(parts: readonly (Part | null)[]): Part | null {
  const known = parts.filter(part => part !== null)
  return known.toSorted((a, b) => shareOf(b) - shareOf(a))[0] ?? null
}

function shareOf({ part, whole }: Part): number {
  return whole === 0 ? 0 : part / whole
}
