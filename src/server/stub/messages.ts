/** How busy the stub was. */
export interface StubUse {
  /** Processor time since it began, in microseconds. */
  readonly cpuUs: number
  /** Of its busiest half second, 0 to 1: near 1 the stub itself was the limit. */
  readonly busiest: number
}

/** What the stub's process says to the one that started it. */
export type FromStub = { readonly kind: 'listening'; readonly port: number } | ({ readonly kind: 'use' } & StubUse)
