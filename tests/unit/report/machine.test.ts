import { expect, test } from 'vitest'
import { summarise } from '#oltp/report/summary.js'
import { sampleResult } from '../../support/sample-result.js'

const machine = (changes: Partial<ReturnType<typeof sampleResult>['environment']>) => {
  const { environment } = sampleResult()
  const text = summarise(sampleResult({ environment: { ...environment, ...changes } }), { colour: false, columns: 80, savedTo: null })
  return /^Machine {5}(.*(?:\n {12}.*)*)$/m.exec(text)?.[1]?.replace(/\n +/g, ' ')
}

test('the summary names the machine in a line', () => {
  expect(machine({})).toBe('Sample CPU · 8 cores · kvm · shared with the server · load 0.4 before')
})

test('what limits it is said, what does not is left out', () => {
  expect(machine({ cpu_limit: 1.5, governor: 'powersave', same_host_as_server: false, virtualisation: 'docker on KVM' })).toBe(
    'Sample CPU · 8 cores limited to 1.5 · docker on KVM · governor powersave · the server is elsewhere · load 0.4 before',
  )
  expect(machine({ logical_cores: 1, governor: 'performance', virtualisation: 'none', load_average: null })).toBe(
    'Sample CPU · 1 core · shared with the server',
  )
})
