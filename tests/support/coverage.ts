import { takeCoverage } from 'node:v8'
import { afterAll } from 'vitest'

// Test processes are ended by a signal, which would lose what V8 counted.
afterAll(() => {
  if (process.env.NODE_V8_COVERAGE) takeCoverage()
})
