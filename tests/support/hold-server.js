// Starts a local server as a process of its own, says where it is, and stops it when told to: by a line on stdin or Ctrl-C.
// Killed, it leaves everything behind, which is what it is for.
import { startLocalServer } from '#oltp/server/local.js'

process.on('SIGINT', () => process.exit(130))
try {
  const server = await startLocalServer({ engine: process.argv[2] ?? 'postgres', maxConnections: 20 })
  const { target, product, version, dataDirectory, kept } = server
  console.log(JSON.stringify({ target, product, version, dataDirectory, kept }))
  process.stdin.once('data', async () => {
    await server.stop()
    process.exit(0)
  })
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint }))
  process.exit(error.exitCode ?? 1)
}
