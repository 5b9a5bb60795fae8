import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg, networkInterfaces, platform, release, totalmem } from 'node:os'
import type { Target } from '../database/contract.js'
import { isLoopback } from '../database/url.js'
import type { Result } from '../measure/result.js'
import { describeCpuLimit } from './cpu-limit.js'
import { describeVirtualisation } from './virtualisation.js'

/**
 * The machine that makes the load, as far as a reader of the result needs it. To be asked before the run does anything: the load
 * average is of what went on here without us. Never fails: what a platform does not say is null.
 */
export function describeEnvironment(target: Target, ci: boolean): Result['environment'] {
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu_model: cpus()[0]?.model.trim() || 'unknown',
    logical_cores: availableParallelism(),
    memory_bytes: totalmem(),
    same_host_as_server: isThisHost(target, ownAddresses()),
    ci,
    kernel: release(),
    virtualisation: describeVirtualisation(readText),
    cpu_limit: describeCpuLimit(readText),
    governor: word('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    clock_source: word('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    // Windows has none and says 0.
    load_average: platform() === 'win32' ? null : (loadavg()[0] ?? null),
    drivers: driverVersions(['pg', 'mysql2']),
  }
}

/** A socket, the loopback, or an address of our own; a host name of ours other than localhost goes unnoticed, as does a tunnel. */
export function isThisHost({ socket, host }: Pick<Target, 'socket' | 'host'>, addresses: readonly string[]): boolean {
  return socket !== null || isLoopback(host) || addresses.includes(host.toLowerCase().replace(/^\[(.*)\]$/, '$1'))
}

function ownAddresses(): string[] {
  try {
    return Object.values(networkInterfaces()).flatMap(addresses => addresses?.map(({ address }) => address.toLowerCase()) ?? [])
  } catch {
    // Some sandboxes keep them to themselves.
    return []
  }
}

/** From their packages, without loading them. */
function driverVersions(names: readonly string[]): { [name: string]: string } {
  const require = createRequire(import.meta.url)
  const versions = names.flatMap(name => {
    try {
      const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8'))
      return [[name, String(version)] as const]
    } catch {
      return []
    }
  })
  return Object.fromEntries(versions)
}

function word(path: string): string | null {
  return readText(path)?.trim() || null
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
