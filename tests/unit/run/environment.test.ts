import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { parseTarget } from '#oltp/database/url.js'
import { describeEnvironment, isThisHost } from '#oltp/run/environment.js'

const target = parseTarget('postgres://me@localhost/shop', {})

describe('the environment', () => {
  it('names this machine', () => {
    const environment = describeEnvironment(target, true)
    expect(environment).toMatchObject({ node: process.versions.node, ci: true, same_host_as_server: true })
    expect(environment.logical_cores).toBeGreaterThan(0)
    expect(environment.kernel).not.toBe('')
    expect(environment.load_average).toBeTypeOf('number')
  })

  it('has the versions of the drivers that are installed', () => {
    const version = (name: string) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version
    expect(describeEnvironment(target, false).drivers).toEqual({ pg: version('pg'), mysql2: version('mysql2') })
  })

  it('does not load the drivers for it', async () => {
    const script = `
      import { createRequire } from 'node:module'
      const { describeEnvironment } = await import('#oltp/run/environment.js')
      describeEnvironment({ socket: null, host: 'localhost' }, false)
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some(path => /node_modules.(pg|mysql2)./.test(path))
      const before = loaded()
      await import('pg')
      console.log(before, loaded())`
    const { stdout } = await execa('node', ['--input-type=module', '-e', script])
    expect(stdout).toBe('false true')
  })
})

describe('the same host', () => {
  const ours = ['127.0.0.1', '10.0.0.5', 'fe80::1']

  it.each(['localhost', '127.0.0.1', '::1', '10.0.0.5', 'FE80::1', '[fe80::1]'])('is that of %s', host => {
    expect(isThisHost({ socket: null, host }, ours)).toBe(true)
  })

  it('is that of a socket', () => {
    expect(isThisHost({ socket: '/run/postgresql', host: 'localhost' }, [])).toBe(true)
  })

  it.each(['10.0.0.6', 'db.example', '10.0.0.50'])('is not that of %s', host => {
    expect(isThisHost({ socket: null, host }, ours)).toBe(false)
  })
})
