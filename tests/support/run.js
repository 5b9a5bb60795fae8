// `npm test`: everything that must hold, cheapest first; the first stage that fails ends it. With arguments (`npm test -- tests/unit/format`)
// only the build and those tests run. Plain JavaScript: it runs before anything is built.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const filters = process.argv.slice(2)
const scratch = mkdtempSync(join(tmpdir(), 'oltp-test-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

stage('build', 'tsc', ['-p', 'tsconfig.json'])
removeStaleOutput()
if (filters.length === 0) {
  stage('formatting and linting', 'biome', ['check', '--error-on-warnings', '.'])
  stage('types of the tests', 'tsc', ['-p', 'tests/tsconfig.json'])
  stage('types of the benchmarks', 'tsc', ['-p', 'benchmarks/tsconfig.json', '--noEmit'])
  stage('dead code and dependencies', 'knip')
}
const outcome = runTests()
const covered = filters.length > 0 || outcome.failed > 0 || stageHolds('coverage', 'c8', coverageArguments())
console.log(`\n${outcome.passed} passed, ${outcome.failed} failed`)
process.exitCode = outcome.failed > 0 || !covered ? 1 : 0

function stage(name, tool, args = []) {
  if (!stageHolds(name, tool, args)) process.exit(1)
}

function stageHolds(name, tool, args) {
  console.log(`\n── ${name}`)
  const { status, error } = run(tool, args)
  if (status === 0) return true
  console.error(`\nfailed: ${name} (${error?.message ?? [tool, ...args].join(' ')})`)
  return false
}

/** What the compiler made of files that are gone would still be imported, and counted. */
function removeStaleOutput() {
  for (const file of builtFiles()) {
    const stem = /^(.*?)\.(js|js\.map|d\.ts)$/.exec(file)?.[1]
    if (stem && !existsSync(join(root, 'src', `${stem}.ts`)) && !existsSync(join(root, 'src', `${stem}.tsx`)))
      rmSync(join(root, 'dist', file))
  }
}

function runTests() {
  console.log('\n── tests')
  const file = join(scratch, 'tests.json')
  // Test processes, the commands that they start and those commands' worker threads all write down what they covered.
  const env = filters.length > 0 ? {} : { NODE_V8_COVERAGE: join(scratch, 'coverage') }
  const { status } = run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filters], env)
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const skipped = report.numPendingTests + report.numTodoTests
  if (skipped > 0) console.error(`failed: ${skipped} tests were skipped`)
  const unloadable = report.testResults.filter(
    found => found.status === 'failed' && found.assertionResults.every(test => test.status !== 'failed'),
  ).length
  const failed = report.numFailedTests + unloadable + skipped
  return { passed: report.numPassedTests, failed: status === 0 ? failed : Math.max(1, failed) }
}

/** Every built file counts, also those that no test loads; source maps lead back to src. */
function coverageArguments() {
  const thresholds = ['--lines=80', '--statements=80', '--functions=80', '--branches=70']
  const selection = [
    '--all',
    '--src=dist',
    '--include=dist/**/*.js',
    ...builtFiles()
      .filter(isEmpty)
      .map(file => `--exclude=dist/${file}`),
  ]
  return [
    'report',
    `--temp-directory=${join(scratch, 'coverage')}`,
    '--merge-async',
    ...selection,
    '--reporter=text',
    '--check-coverage',
    ...thresholds,
  ]
}

function builtFiles() {
  return readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
}

/** A file of types compiles to nothing, which nobody loads. */
function isEmpty(file) {
  return file.endsWith('.js') && /^\s*export \{\};\s*(\/\/#.*)?\s*$/.test(readFileSync(join(root, 'dist', file), 'utf8'))
}

function run(tool, args, env = {}) {
  return spawnSync(join(root, 'node_modules', '.bin', tool), args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
}
