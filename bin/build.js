// `npm install` in a clone builds dist/. Where the compiler was left out, say so instead of failing obscurely.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const built = existsSync(new URL('../dist/cli/main.js', import.meta.url))

try {
  createRequire(import.meta.url).resolve('typescript/package.json')
} catch {
  if (!built) console.error('oltp: not built, because the TypeScript compiler is absent.\nRun `npm install --include=dev` here to get it.')
  process.exit(0)
}
const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
