/** What a key asks for. */
export type DemoAction =
  | 'step'
  | 'play'
  | 'back'
  | 'restart'
  | 'level'
  | 'engine'
  | 'fix'
  | 'variant'
  | 'locks'
  | 'large'
  | 'help'
  | 'up'
  | 'down'
  | 'page up'
  | 'page down'
  | 'leave'
  | 'quit'

interface KeyBinding {
  /** As the keyboard reports them. */
  readonly keys: readonly string[]
  readonly shown: string
  /** For the row at the bottom; empty: in the help only. */
  readonly short: string
  readonly long: string
  readonly action: DemoAction
  /** How much it matters in the row at the bottom, 1 the most. */
  readonly rank: 1 | 2 | 3
}

/** Every key there is: the bottom row and the help are made from this. */
export const demoKeys: readonly KeyBinding[] = [
  { keys: ['space', 'enter'], shown: 'space', short: 'step', long: 'the next step; at the end, the verdict', action: 'step', rank: 1 },
  { keys: ['a'], shown: 'a', short: 'play', long: 'play: a step a second, until any key is pressed', action: 'play', rank: 2 },
  { keys: ['b'], shown: 'b', short: 'back', long: 'one step back: everything before it is played again', action: 'back', rank: 2 },
  { keys: ['r'], shown: 'r', short: 'restart', long: 'from the beginning', action: 'restart', rank: 3 },
  { keys: ['i'], shown: 'i', short: 'level', long: 'the next isolation level, played up to the same step', action: 'level', rank: 1 },
  {
    keys: ['f'],
    shown: 'f',
    short: 'fix',
    long: 'the next fix, from the beginning; after the last, the story again',
    action: 'fix',
    rank: 1,
  },
  { keys: ['v'], shown: 'v', short: 'variant', long: 'the next variant that is no fix, from the beginning', action: 'variant', rank: 3 },
  { keys: ['e'], shown: 'e', short: 'engine', long: 'the next server, played up to the same step', action: 'engine', rank: 2 },
  { keys: ['l'], shown: 'l', short: 'locks', long: 'the locks that the sessions hold and ask for', action: 'locks', rank: 2 },
  {
    keys: ['+'],
    shown: '+',
    short: '',
    long: 'large: little at a time, for the back of the room; again: everything',
    action: 'large',
    rank: 3,
  },
  {
    keys: ['up'],
    shown: '↑ ↓',
    short: '',
    long: 'look at what is above and below; page up and page down go further',
    action: 'up',
    rank: 3,
  },
  { keys: ['down'], shown: '', short: '', long: '', action: 'down', rank: 3 },
  { keys: ['page up'], shown: '', short: '', long: '', action: 'page up', rank: 3 },
  { keys: ['page down'], shown: '', short: '', long: '', action: 'page down', rank: 3 },
  { keys: ['?', 'h'], shown: '?', short: 'keys', long: 'this page', action: 'help', rank: 1 },
  { keys: ['escape'], shown: 'esc', short: '', long: 'back to the steps', action: 'leave', rank: 3 },
  { keys: ['q', 'ctrl+c'], shown: 'q', short: 'quit', long: 'quit; the tables of the demo are removed', action: 'quit', rank: 1 },
]

export function actionOf(key: string): DemoAction | null {
  return demoKeys.find(({ keys }) => keys.includes(key))?.action ?? null
}
