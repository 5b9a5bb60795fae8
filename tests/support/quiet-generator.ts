import type { GeneratorTick } from '#oltp/measure/tick.js'

/** A load generator that has nothing to complain of, on a machine that says little. */
export const quietGenerator: GeneratorTick = {
  utilisation: 0.4,
  lag_max_us: 0,
  gc_ms: 0,
  gc_max_ms: 0,
  run_queue_ms: null,
  cpu_us: 400_000,
  host: { steal: null, throttled: null, pressure_us: null },
}
