import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import type { Target } from '../database/contract.js'
import { isLoopback } from '../database/url.js'
import type { Result } from '../measure/result.js'

/** The machine that made the load, as far as a reader of the result needs it. */
export function describeEnvironment(target: Target, ci: boolean): Result['environment'] {
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu_model: cpus()[0]?.model.trim() ?? 'unknown',
    logical_cores: availableParallelism(),
    memory_bytes: totalmem(),
    same_host_as_server: target.socket !== null || isLoopback(target.host),
    ci,
    kernel: release(),
    virtualisation: null,
    cpu_limit: null,
    governor: null,
    clock_source: null,
    load_average: loadavg()[0] ?? null,
    drivers: {},
  }
}
