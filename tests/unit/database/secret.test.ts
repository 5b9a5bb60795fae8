import { describe, expect, it } from 'vitest'
import { redact } from '#oltp/database/secret.js'

const password = 'pä$$/w:rd@x'

describe('redact', () => {
  it.each([
    ['as it is', password],
    ['percent-encoded', encodeURIComponent(password)],
    ['as a URL writes it', new URL(`postgres://u:${encodeURIComponent(password)}@h`).password],
    ['escaped for JSON', JSON.stringify(`${password}"\\`).slice(1, -1)],
    ['in base64', Buffer.from(password).toString('base64')],
  ])('blots out a password %s', (_, form) => {
    const clean = redact(`login with ${form} failed`, [null, '', password])
    expect(clean).not.toContain(form)
    expect(clean).toMatch(/^login with •••.* failed$/)
    // Negative control: without the secret the text stays.
    expect(redact(`login with ${form} failed`, [])).toContain(form)
  })

  it('leaves nothing that steers a terminal', () => {
    expect(redact('a\u001b[31mred\u0007\nnext\u202etxt\u0090', [])).toBe('a [31mred next txt')
  })
})
