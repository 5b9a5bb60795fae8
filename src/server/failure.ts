import { exitCodes, OltpError } from '../errors.js'

const shown = 8

/** What a server said last, and the one thing to do about it. `place`: the log file, or the folder that it works in. */
export function serverFailure(code: string, what: string, output: string, place: string): OltpError {
  const lines = output.split('\n').filter(line => line.trim() !== '')
  const text = lines.slice(-shown).map(line => `  ${line}`)
  return new OltpError(code, exitCodes.setup, [`${what}${text.length > 0 ? '. It said:' : ''}`, ...text].join('\n'), {
    hint: adviceFor(output, place),
  })
}

const advice: readonly (readonly [RegExp, string])[] = [
  [/No space left on device|disk quota exceeded/i, 'Free some disk space, or set OLTP_HOME to a folder on another disk.'],
  [
    /apparmor|Operation not permitted/i,
    'Something confines the server (AppArmor, seccomp): set OLTP_HOME to a folder that it may use, or give a server with --url.',
  ],
  [
    /Permission denied|Errcode: 13\b/i,
    'Set OLTP_HOME to a folder that the server may use. On Ubuntu, AppArmor confines mysqld to /var/lib/mysql.',
  ],
  [
    /Cannot allocate memory|could not (create|map) .*shared memory/i,
    'Free some memory: the server wants about 400 MB. Or give a server with --url.',
  ],
]

function adviceFor(output: string, place: string): string {
  const known = advice.find(([symptom]) => symptom.test(output))?.[1]
  return known ?? `Look into ${place}, or give a server with --url.`
}
