#!/usr/bin/env node
// Plain JavaScript on purpose: this file must run, and explain itself, on any Node and in an unbuilt clone.
var major = Number(process.versions.node.split('.')[0])
var minor = Number(process.versions.node.split('.')[1])
if (major < 20 || (major === 20 && minor < 19)) {
  console.error('error: oltp needs Node 20.19 or later, this is ' + process.version)
  process.exit(2)
}
// React's development build records a performance entry per render and never frees it.
process.env.NODE_ENV = process.env.NODE_ENV || 'production'

import('node:fs')
  .then(fs => {
    const built = new URL('../dist/cli/main.js', import.meta.url)
    if (!fs.existsSync(built)) {
      console.error('error: oltp is not built yet\nhelp: run `npm install` (or `npm run build`) in its folder')
      process.exit(2)
    }
    return import(built.href)
  })
  .then(async cli => {
    // A reader that went away (`| head`) is not an error of ours.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', error => error.code === 'EPIPE' && process.exit(0))
    const context = cli.processContext()
    await cli.main(context)
    process.exitCode = context.exitCode
  })
