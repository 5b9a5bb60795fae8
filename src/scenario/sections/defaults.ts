import type { Reader, YamlMap, YamlNode } from '../diagnostics.js'
import { type Isolation, isolationLevels, type RetryPolicy } from '../model.js'
import { keysOf } from '../reader.js'
import { backoffSchema, defaultsSchema, retrySchema } from '../schema.js'

/** What transactions have that say nothing themselves. */
export interface Defaults {
  readonly isolation: Isolation | null
  readonly statementTimeoutMs: number | null
  readonly retry: RetryPolicy
}

export const builtInDefaults: Defaults = {
  isolation: null,
  statementTimeoutMs: 10_000,
  retry: { maxAttempts: 10, backoff: { initialMs: 2, factor: 2, maxMs: 100, jitter: 'full' } },
}

/** `defaults:`; only what it says itself. */
export function readDefaults(node: YamlNode, base: Defaults, reader: Reader): Partial<Defaults> {
  return readSettings(reader.map(node, '`defaults`', keysOf(defaultsSchema)), base, reader)
}

/** `isolation`, `statement_timeout` and `retry`, as far as a map has them. What a `retry` leaves open is as in `base`. */
export function readSettings(map: YamlMap, base: Defaults, reader: Reader): Partial<Defaults> {
  const isolation = reader.get(map, 'isolation')
  const timeout = reader.get(map, 'statement_timeout')
  const retry = reader.get(map, 'retry')
  return {
    ...(isolation && { isolation: reader.oneOf(isolation, 'isolation level', isolationLevels) }),
    ...(timeout && { statementTimeoutMs: readTimeout(timeout, reader) }),
    ...(retry && { retry: readRetry(retry, base.retry, reader) }),
  }
}

function readTimeout(node: YamlNode, reader: Reader): number {
  const ms = reader.duration(node, '`statement_timeout`')
  if (ms < 1) reader.problem(node, '`statement_timeout` must be 1ms or more', { hint: 'raise it, or remove it for no limit' })
  return ms
}

function readRetry(node: YamlNode, base: RetryPolicy, reader: Reader): RetryPolicy {
  const map = reader.map(node, '`retry`', keysOf(retrySchema))
  const attempts = reader.get(map, 'max_attempts')
  const backoffNode = reader.get(map, 'backoff')
  const backoff = backoffNode ? reader.map(backoffNode, '`backoff`', keysOf(backoffSchema)) : null
  const get = (key: string) => (backoff ? reader.get(backoff, key) : undefined)
  const [initial, factor, max, jitter] = [get('initial'), get('factor'), get('max'), get('jitter')]
  return {
    maxAttempts: attempts ? readAttempts(attempts, reader) : base.maxAttempts,
    backoff: {
      initialMs: initial ? reader.duration(initial, '`initial`') : base.backoff.initialMs,
      factor: factor ? reader.number(factor, '`factor`', { min: 1 }) : base.backoff.factor,
      maxMs: max ? reader.duration(max, '`max`') : base.backoff.maxMs,
      jitter: jitter ? reader.oneOf(jitter, 'jitter', ['full', 'none']) : base.backoff.jitter,
    },
  }
}

function readAttempts(node: YamlNode, reader: Reader): number | null {
  if (node.kind === 'scalar' && node.value === 'unlimited') return null
  return reader.integer(node, '`max_attempts`', { min: 1 })
}
