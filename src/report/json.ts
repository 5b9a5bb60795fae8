import { accessSync, constants, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { exitCodes, OltpError } from '../errors.js'
import type { Calibration } from '../measure/calibration.js'
import type { Result } from '../measure/result.js'

/** The document as text, indented; histograms are one line each. */
export function serialise(result: Result | Calibration): string {
  return JSON.stringify(result, null, 2)
}

/** Writes the document, as `writeText` does. @throws OltpError `RESULT_UNWRITABLE` */
export function writeResult(result: Result | Calibration, path: string): void {
  writeText(`${serialise(result)}\n`, path)
}

/**
 * Writes a text so that a reader sees all of it or nothing, for the owner alone. A file that is there is replaced;
 * a link is followed, and a device or a pipe is written to.
 *
 * @throws OltpError `RESULT_UNWRITABLE`
 */
export function writeText(text: string, path: string): void {
  try {
    const target = whereItLeads(path)
    if (target.special) writeFileSync(path, text)
    else replace(target.path, text)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Finds out before a run, rather than after it, that its result has nowhere to go. @throws OltpError `RESULT_UNWRITABLE` */
export function checkWritable(path: string): void {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    if (!found || found.isFile()) accessSync(dirname(path), constants.W_OK)
  } catch (error) {
    throw unwritable(path, error)
  }
}

function unwritable(path: string, cause: unknown): OltpError {
  return new OltpError('RESULT_UNWRITABLE', exitCodes.usage, `the result cannot be written to ${path}: ${reason(cause)}`, {
    hint: 'name a file in a folder that exists and that you may write to, with -o',
    cause,
  })
}

function replace(path: string, text: string): void {
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flush: true })
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

// Renaming over /dev/null or over a link would replace the thing itself.
function whereItLeads(path: string): { readonly path: string; readonly special: boolean } {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return { path, special: false }
  return { path: realpathSync(path), special: !found.isFile() && !found.isDirectory() }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known: { readonly [code: string]: string } = {
    ENOENT: 'there is no such folder',
    ENOTDIR: 'there is no such folder',
    EISDIR: 'it is a folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
  }
  return known[code] ?? (error instanceof Error ? error.message : String(error))
}
