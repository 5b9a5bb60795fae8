import { exitCodes, OltpError } from '../errors.js'
import { createLocator } from './location.js'
import { invalidScenario } from './report.js'

/** No scenario needs more; a parser given megabytes of YAML is busy for minutes. */
export const maxScenarioBytes: number = 256 * 1024

/** What a text must be before it is worth parsing: not too long, not empty, and a text. @throws OltpError SCENARIO_TOO_LARGE, SCENARIO_EMPTY, SCENARIO_INVALID */
export function checkText(text: string, file: string): void {
  if (text.length > maxScenarioBytes) throw tooLarge(file, text.length)
  if (text.replace(/^\uFEFF/, '').trim() === '') {
    throw new OltpError('SCENARIO_EMPTY', exitCodes.usage, `${file} is empty`, {
      hint: '`oltp scenarios new NAME` writes a scenario that runs',
    })
  }
  const control = findControlCharacter(text)
  if (control < 0) return
  const code = (text.codePointAt(control) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw invalidScenario(file, [
    {
      message: `a control character (U+${code}), which no text has`,
      location: createLocator(text, file)(control, control + 1),
      hint: 'remove it; is this file a scenario at all?',
    },
  ])
}

export function tooLarge(file: string, bytes: number): OltpError {
  const size = bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1)} MiB` : `${Math.ceil(bytes / 1024)} KiB`
  return new OltpError('SCENARIO_TOO_LARGE', exitCodes.usage, `${file} is ${size} long, and a scenario has at most 256 KiB`, {
    hint: 'rows are made by `seed`, they need not be written out',
  })
}

function findControlCharacter(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code < 32 && code !== 9 && code !== 10 && code !== 13) || code === 127) return at
  }
  return -1
}
