import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { resultSchema } from '#oltp/measure/result.js'
import { sampleResult } from '../../support/sample-result.js'

const path = new URL('../../../schema/result.schema.json', import.meta.url)

test('the published schema is the one that the code has; `vitest -u` regenerates it', async () => {
  const { $schema, ...rest } = z.toJSONSchema(resultSchema)
  const published = { $schema, $id: 'urn:oltp:result:1', title: 'What a run of oltp leaves behind, oltp.result/1', ...rest }
  await expect(`${JSON.stringify(published, null, 2)}\n`).toMatchFileSnapshot(path.pathname)
})

test('a result is valid against it, and one with a mistake is not', () => {
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(readFileSync(path, 'utf8')))
  const verdict = (document: unknown) => validate(JSON.parse(JSON.stringify(document)))
  expect(verdict(sampleResult())).toBe(true)

  const { tps, ...withoutTps } = sampleResult()
  expect(tps).toBeGreaterThan(0)
  expect(verdict(withoutTps)).toBe(false)
  expect(verdict({ ...sampleResult(), password: 'secret' })).toBe(false)
  expect(verdict({ ...sampleResult(), tps: 'many' })).toBe(false)
  expect(verdict({ ...sampleResult(), totals: { ...sampleResult().totals, committed: -1 } })).toBe(false)
  expect(resultSchema.safeParse(sampleResult()).success).toBe(true)
})
