// Draws the dashboard on this terminal, and ends in the way that its argument says: at once, or when `q` is pressed.
import { startScreen } from '#oltp/ui/screen.js'

const ways = {
  throws: () => {
    throw new Error('the sky fell')
  },
  rejects: () => void Promise.reject(new Error('the sky fell')),
  exits: () => process.exit(1),
}
const [way, when] = process.argv.slice(2)
const end = () => setImmediate(ways[way])

startScreen({ stream: process.stderr, stdin: process.stdin, env: process.env, title: 'crash', onStop: end })
if (when === 'at once') end()
