import { describe, expect, it } from 'vitest'
import { checkNamespaceName, requireConfirmation } from '#oltp/database/namespace.js'
import { parseTarget } from '#oltp/database/url.js'

const target = (url: string) => parseTarget(url, {})

describe('requireConfirmation', () => {
  it.each([
    'postgres://me@localhost/shop',
    'postgres://me@127.0.0.1:5433/shop',
    'mysql://me@[::1]/shop',
    'postgres://me@/shop?host=/run/postgresql',
  ])('asks nothing for %s', url => {
    expect(() => requireConfirmation(target(url), null)).not.toThrow()
  })

  it('off this machine takes the very target and nothing else', () => {
    const there = target('postgres://me:secret@db.example:5433/shop')
    expect(() => requireConfirmation(there, 'me@db.example:5433/shop')).not.toThrow()
    const others = [
      null,
      '',
      'yes',
      'db.example',
      'me@db.example/shop',
      'me@db.example:5432/shop',
      'you@db.example:5433/shop',
      'me@db.example:5433/Shop',
      'me:secret@db.example:5433/shop',
      ' me@db.example:5433/shop',
    ]
    for (const confirm of others) {
      expect(() => requireConfirmation(there, confirm), String(confirm)).toThrow(
        expect.objectContaining({
          code: 'CONFIRM_REQUIRED',
          exitCode: 5,
          hint: expect.stringContaining("--confirm 'me@db.example:5433/shop'"),
        }),
      )
    }
  })

  it('is not fooled by a name that looks local', () => {
    for (const host of ['localhost.example.com', '127.0.0.1.example.com', '128.0.0.1', '[2001:db8::1]']) {
      expect(() => requireConfirmation(target(`postgres://me@${host}/shop?sslmode=disable`), null), host).toThrow(/not on this machine/)
    }
  })
})

describe('checkNamespaceName', () => {
  it('takes identifiers of every engine and nothing that needs quotes', () => {
    for (const name of ['oltp', '_x', 'a1_b', 'x'.repeat(51)]) expect(() => checkNamespaceName(name)).not.toThrow()
    for (const name of ['', 'A', '1a', 'a-b', 'a b', 'a;b', 'a.b', "a'", 'é', 'x'.repeat(52), 'a\n']) {
      expect(() => checkNamespaceName(name), name).toThrow(expect.objectContaining({ code: 'NAMESPACE_NAME', exitCode: 2 }))
    }
  })
})
