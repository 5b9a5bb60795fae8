import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OltpError } from '#oltp/errors.js'
import { bundledScenarioNames, loadScenario } from '#oltp/run/load-scenario.js'

const good = 'version: 1\nname: good\ntransactions: { look: { steps: [{ sql: SELECT 1 }] } }\n'
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oltp-load-'))
  writeFileSync(join(folder, 'good.yaml'), good)
  writeFileSync(join(folder, 'good.yml'), good)
  writeFileSync(join(folder, 'good.txt'), good)
  writeFileSync(join(folder, 'bad.yaml'), 'version: 2\n')
  writeFileSync(join(folder, 'empty.yaml'), '')
  writeFileSync(join(folder, 'zero.yaml'), Buffer.concat([Buffer.from(good), Buffer.of(0, 1, 2)]))
  writeFileSync(join(folder, 'latin.yaml'), Buffer.concat([Buffer.from(`${good}title: `), Buffer.of(0xe9), Buffer.from('t\u00e9\n')]))
  writeFileSync(join(folder, 'huge.yaml'), 'a: 1\n')
  truncateSync(join(folder, 'huge.yaml'), 10 * 1024 * 1024)
  writeFileSync(join(folder, 'longish.yaml'), `${good}# ${'x'.repeat(255 * 1024)}\n`)
  mkdirSync(join(folder, 'folder.yaml'))
  symlinkSync('circle.yaml', join(folder, 'circle.yaml'))
  symlinkSync('good.yaml', join(folder, 'link.yaml'))
  execFileSync('mkfifo', [join(folder, 'pipe.yaml')])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('loadScenario', () => {
  it('finds what ships by its name', async () => {
    const names = await bundledScenarioNames()
    expect(names).toContain('transfers')
    for (const name of names) expect((await loadScenario(name)).name).toBe(name)
  })

  it.each(['good.yaml', 'good.yml', './good.txt', './good.yaml', 'link.yaml', 'longish.yaml'])('reads the file %s', async path => {
    const scenario = await loadScenario(path, folder)
    expect(scenario.name).toBe('good')
    expect(scenario.file).toBe(join(folder, path))
    expect(scenario.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect((await loadScenario(join(folder, path))).sha256).toBe(scenario.sha256)
  })

  it('names a file as a person would from here', async () => {
    await expect(loadScenario(join(folder, 'bad.yaml'), folder)).rejects.toMatchObject({
      problems: [{ location: { file: 'bad.yaml' } }, {}],
    })
    const fromElsewhere = loadScenario(join(folder, 'bad.yaml'), '/')
    await expect(fromElsewhere).rejects.toMatchObject({ problems: [{ location: { file: join(folder, 'bad.yaml').slice(1) } }, {}] })
  })

  it.each([
    ['transfer', 'SCENARIO_UNKNOWN', 'there is no scenario «transfer»'],
    ['', 'SCENARIO_UNKNOWN', 'there is no scenario «»'],
    ['good.txt', 'SCENARIO_UNKNOWN', 'no scenario «good.txt» ships, but there is a file of that name'],
    ['none.yaml', 'SCENARIO_UNREADABLE', 'there is no file none.yaml'],
    ['good.yaml/none.yaml', 'SCENARIO_UNREADABLE', 'there is no file good.yaml/none.yaml'],
    ['folder.yaml', 'SCENARIO_UNREADABLE', 'folder.yaml is a folder, not a file'],
    ['./', 'SCENARIO_UNREADABLE', './ is a folder, not a file'],
    ['circle.yaml', 'SCENARIO_UNREADABLE', 'its links go round in a circle'],
    ['pipe.yaml', 'SCENARIO_UNREADABLE', 'pipe.yaml is not an ordinary file'],
    [`${'x'.repeat(300)}.yaml`, 'SCENARIO_UNREADABLE', 'the name is too long'],
    ['empty.yaml', 'SCENARIO_EMPTY', 'empty.yaml is empty'],
    ['zero.yaml', 'SCENARIO_BINARY', 'zero.yaml is not text in UTF-8'],
    ['latin.yaml', 'SCENARIO_BINARY', 'latin.yaml is not text in UTF-8'],
    ['huge.yaml', 'SCENARIO_TOO_LARGE', 'huge.yaml is 10.0 MiB long'],
  ])('refuses %s', async (path, code, message) => {
    const error = await loadScenario(path, folder).catch(caught => caught)
    expect(error).toBeInstanceOf(OltpError)
    expect(error).toMatchObject({ code, exitCode: 2 })
    expect(error.message).toContain(message)
    expect(error.hint).toBeTruthy()
  })
})
