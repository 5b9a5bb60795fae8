import { availableParallelism, cpus, totalmem } from 'node:os'
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
  }
}
