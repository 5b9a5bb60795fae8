import { describe, expect, it } from 'vitest'
import { passwordBlotter, withoutPassword } from '#oltp/cli/passwords.js'

describe('withoutPassword', () => {
  it.each([
    ['postgres://u:pw@h/x', 'postgres://u:•••@h/x'],
    ['POSTGRES://u:pw@h/x', 'POSTGRES://u:•••@h/x'],
    ['--url=MySql://u:pw@h', '--url=MySql://u:•••@h'],
    ['-opostgres://u:pw@h', '-opostgres://u:•••@h'],
    ['postgres:/u:pw@h', 'postgres:/u:•••@h'],
    ['postgres://:pw@h', 'postgres://:•••@h'],
    ['postgres://u:p@s/s:w@h/x', 'postgres://u:•••@h/x'],
    ['postgres://u:p\nw@h', 'postgres://u:•••@h'],
  ])('%j', (given, clean) => expect(withoutPassword(given)).toBe(clean))

  it.each(['postgres://u@h:5432/x', 'me@192.0.2.1:5432/shop', '--set', 'accounts=5', 'postgres://h:5432/x'])('leaves %s', given =>
    expect(withoutPassword(given)).toBe(given),
  )
})

describe('passwordBlotter', () => {
  it('knows what was given in arguments and settings, in the forms that messages have', () => {
    const blot = passwordBlotter({
      argv: ['--urll=postgres://u:a"b//c@h'],
      env: { OLTP_CLIENTS: 'pg://u:settings@h', HOME: 'x://u:home@h' },
    })
    expect(blot('unknown --urll=postgres://u:a"b//c@h')).toBe('unknown --urll=postgres://u:•••@h')
    expect(blot(JSON.stringify('postgres://u:a"b//c@h'))).toBe('"postgres://u:•••@h"')
    expect(blot('/home/postgres:/u:a"b/c@h')).toBe('/home/postgres:/u:•••@h')
    expect(blot('pg://u:settings@h')).toBe('pg://u:•••@h')
  })

  it('leaves examples alone', () => {
    const hint = 'write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE; @ is %40'
    expect(passwordBlotter({ argv: ['postgres://u:pw@h'], env: {} })(hint)).toBe(hint)
  })
})
