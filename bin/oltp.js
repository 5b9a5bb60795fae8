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

import('node:fs').then(fs => {
  const main = new URL('../dist/cli/main.js', import.meta.url)
  if (!fs.existsSync(main)) {
    console.error('error: oltp is not built yet\nhelp: run `npm install` (or `npm run build`) in its folder')
    process.exit(2)
  }
  return import(main.href)
})
