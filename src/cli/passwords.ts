import { normalize } from 'node:path'
import { printable } from '../format.js'
import type { CliContext } from './context.js'

// Up to the last @, and with one slash too: passwords are pasted in as they are, schemes are mistyped.
const passwordInUrl = /([a-z][a-z0-9+.-]*:\/+[^:@/]*:)(.+)(?=@)/gis

/** An argument of a command line, fit to be kept and shown: a password in a URL is blotted out, wherever in the argument it stands. */
export function withoutPassword(argument: string): string {
  return argument.replace(passwordInUrl, '$1•••')
}

/**
 * For texts that may repeat what was given on the command line or in `OLTP_*`: blots out the passwords of the URLs in there. Other texts
 * that look like a URL, such as an example in a hint, stay.
 */
export function passwordBlotter({ argv, env }: Pick<CliContext, 'argv' | 'env'>): (text: string) => string {
  const settings = Object.entries(env).flatMap(([name, value]) => (name.startsWith('OLTP_') && value !== undefined ? [value] : []))
  const passwords = [...argv, ...settings].flatMap(given => [...given.matchAll(passwordInUrl)].map(match => match[2] ?? ''))
  const forms = [...new Set(passwords.flatMap(formsOf))].sort((a, b) => b.length - a.length)
  return text => forms.reduce((clean, form) => clean.replaceAll(`:${form}@`, ':•••@'), text)
}

/** As messages have it: raw, quoted, without control characters, as part of a path. */
function formsOf(password: string): string[] {
  return [password, JSON.stringify(password).slice(1, -1), printable(password), normalize(password)]
}
