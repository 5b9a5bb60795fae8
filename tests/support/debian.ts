import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { homeDirectory, makeFolder } from '#oltp/server/home.js'
import { acquireLock } from '#oltp/server/lock.js'

/** Programs that the tests and benchmarks bring along, unpacked from Debian's packages: nothing is installed, nothing needs root. */
const programs = {
  mysqld: { suite: 'sid', packages: ['mysql-server-core'], binary: 'usr/sbin/mysqld', share: 'mysql', variable: 'OLTP_TEST_MYSQLD' },
  mariadbd: {
    suite: 'trixie',
    packages: ['mariadb-server-core'],
    binary: 'usr/sbin/mariadbd',
    share: 'mariadb',
    variable: 'OLTP_TEST_MARIADBD',
  },
  tmux: {
    suite: 'trixie',
    packages: ['tmux', 'ncurses-base', 'libc-bin'],
    binary: 'usr/bin/tmux',
    share: null,
    variable: 'OLTP_TEST_TMUX',
  },
  pgbench: {
    suite: 'sid',
    packages: ['postgresql-18'],
    binary: 'usr/lib/postgresql/18/bin/pgbench',
    share: null,
    variable: 'OLTP_TEST_PGBENCH',
  },
  sysbench: { suite: 'trixie', packages: ['sysbench'], binary: 'usr/bin/sysbench', share: null, variable: 'OLTP_TEST_SYSBENCH' },
} as const

export type TestProgram = keyof typeof programs

/** What the tests keep between runs, in our own cache. */
export function testCache(): string {
  return makeFolder(join(homeDirectory(), 'test-servers'))
}

/** The path of a program: the one that the environment names, else a wrapper around the unpacked one. */
export async function provide(name: TestProgram): Promise<string> {
  const program = programs[name]
  const given = process.env[program.variable]
  if (given) return given
  const cache = testCache()
  const tree = join(cache, name)
  const wrapper = join(tree, 'run', name)
  const lock = await waitForLock(join(cache, `${name}-lock`))
  try {
    if (!existsSync(wrapper)) await unpack(name, tree)
    return wrapper
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`cannot get ${name} from Debian's packages (${reason}): set ${program.variable} to its path`, { cause })
  } finally {
    lock.release()
  }
}

async function unpack(name: TestProgram, tree: string): Promise<void> {
  const { suite, packages, binary, share } = programs[name]
  process.stderr.write(`unpacking ${packages[0]} from Debian ${suite} …\n`)
  const draft = `${tree}.draft`
  rmSync(draft, { recursive: true, force: true })
  rmSync(tree, { recursive: true, force: true })
  const apt = join(draft, 'apt')
  const configuration = configureApt(apt, suite, findMirror())
  const run = (file: string, args: string[]) => execa(file, args, { env: { APT_CONFIG: configuration, LC_ALL: 'C' }, all: true })
  await run('apt-get', ['update', '--quiet'])
  await run('apt-get', ['install', '--quiet', '--yes', '--download-only', ...packages])
  const archives = join(apt, 'cache', 'archives')
  for (const file of readdirSync(archives).filter(found => found.endsWith('.deb')))
    await run('dpkg-deb', ['--extract', join(archives, file), draft])
  rmSync(apt, { recursive: true })
  await run('chmod', ['-R', 'a+rX', draft])
  writeWrapper(draft, tree, name, binary, share)
  renameSync(draft, tree)
  process.stderr.write(`unpacked ${packages[0]}\n`)
}

/** An apt that knows nothing of this machine's packages and touches nothing outside `folder`; how it reaches the network stays the machine's own. */
function configureApt(folder: string, suite: string, mirror: string): string {
  for (const path of ['state/lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, path), { recursive: true })
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  const signedBy = existsSync(keyring) ? `[signed-by=${keyring}] ` : ''
  writeFileSync(join(folder, 'status'), '')
  writeFileSync(join(folder, 'sources.list'), `deb ${signedBy}${mirror} ${suite} main\n`)
  const settings = [
    `Dir::State "${folder}/state";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}/cache";`,
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    'Dir::Etc::sourceparts "-";',
    'Dir::Etc::preferences "-";',
    'Dir::Etc::preferencesparts "-";',
    'APT::Install-Recommends "false";',
    'APT::Default-Release "";',
    'Acquire::Languages "none";',
    'Debug::NoLocking "true";',
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User "root";'] : []),
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Pre-Install-Pkgs;',
    '#clear DPkg::Post-Invoke;',
  ]
  const file = join(folder, 'apt.conf')
  writeFileSync(file, `${settings.join('\n')}\n`)
  return file
}

/** Where this machine gets Debian from: only the suite is ours to choose. */
function findMirror(): string {
  const folder = '/etc/apt'
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
  const read = (pattern: RegExp) => files.filter(file => pattern.test(file)).map(file => readFileSync(join(folder, file), 'utf8'))
  const found = [
    ...read(/^sources\.list\.d\/.*\.sources$/).flatMap(mirrorsOfStanzas),
    ...read(/^sources\.list(\.d\/.*\.list)?$/).flatMap(mirrorsOfLines),
  ]
  const mirror = found.find(uri => /\/debian\/?$/.test(uri)) ?? found.find(uri => /mirror.*debian/.test(uri))
  if (mirror) return mirror
  throw new Error(`no Debian mirror in ${folder}`)
}

function mirrorsOfStanzas(text: string): string[] {
  const stanzas = text.replaceAll(/^#.*\n/gm, '').split(/\n\s*\n/)
  return stanzas
    .filter(stanza => !/^Enabled:\s*no/im.test(stanza))
    .flatMap(stanza => /^URIs:\s*(.+)$/im.exec(stanza)?.[1]?.trim().split(/\s+/) ?? [])
}

function mirrorsOfLines(text: string): string[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+\S+\s.*\bmain\b/gm)].map(match => match[1] ?? '')
}

/** The program runs with the libraries that it was built for, by their own loader; arguments of ours go last, `--no-defaults` must be first. */
function writeWrapper(draft: string, tree: string, name: string, binary: string, share: string | null): void {
  const loader = readdirSync(join(draft, 'usr/lib'), { recursive: true, encoding: 'utf8' }).find(file =>
    /^[^/]+-linux-[^/]+\/ld-linux-.*\.so\.\d+$/.test(file),
  )
  if (!loader) throw new Error('the packages have no dynamic loader')
  const usr = `${tree}/usr`
  const environment =
    share === null ? [`export LOCPATH=${usr}/lib/locale`, `export TERMINFO_DIRS=${usr}/share/terminfo:${usr}/lib/terminfo`] : []
  const own =
    share === null
      ? []
      : [
          `--basedir=${usr}`,
          `--lc-messages-dir=${usr}/share/${share}`,
          `--character-sets-dir=${usr}/share/${share}/charsets`,
          `--plugin-dir=${usr}/lib/mysql/plugin`,
        ]
  const libraries = `${dirname(join(usr, 'lib', loader))}:${usr}/lib/mysql/private`
  const command = [`${usr}/lib/${loader}`, '--library-path', libraries, `${tree}/${binary}`, '"$@"', ...own]
  mkdirSync(join(draft, 'run'))
  writeFileSync(join(draft, 'run', name), `${['#!/bin/sh', ...environment, `exec ${command.join(' ')}`].join('\n')}\n`)
  chmodSync(join(draft, 'run', name), 0o755)
}

async function waitForLock(path: string) {
  for (;;) {
    const lock = acquireLock(path)
    if (lock) return lock
    await sleep(200)
  }
}
