import { type Window, windows } from './window.js'

export const views = ['overview', 'transactions', 'errors', 'checks'] as const
type View = (typeof views)[number]

/** What the keys have set. */
export interface Controls {
  readonly view: View
  readonly window: Window
  readonly frozen: boolean
  readonly help: boolean
  /** How often a stop was asked for: the first drains, the second cuts off. */
  readonly stops: number
}

export const initialControls: Controls = { view: 'overview', window: '60s', frozen: false, help: false, stops: 0 }

interface KeyBinding {
  /** As the keyboard reports them; the first is the one shown. */
  readonly keys: readonly string[]
  readonly shown: string
  /** For the row at the bottom; empty: in the help only. */
  readonly short: string
  readonly long: string
  readonly press: (controls: Controls, key: string) => Controls
}

/** Every key there is: the bottom row and the help are made from this. */
export const keyBindings: readonly KeyBinding[] = [
  {
    keys: ['q', 'ctrl+c'],
    shown: 'q',
    short: 'stop',
    long: 'stop: finish what is in flight, then the summary; a second time: stop now',
    press: controls => ({ ...controls, stops: controls.stops + 1 }),
  },
  {
    keys: ['space'],
    shown: 'space',
    short: 'freeze',
    long: 'freeze the picture; the load goes on',
    press: controls => ({ ...controls, frozen: !controls.frozen }),
  },
  {
    keys: ['tab'],
    shown: 'tab',
    short: 'view',
    long: 'next view: overview, transactions, errors, checks',
    press: controls => ({ ...controls, help: false, view: after(views, controls.view) }),
  },
  {
    keys: ['1', '2', '3', '4'],
    shown: '1-4',
    short: '',
    long: 'that view',
    press: (controls, key) => ({ ...controls, help: false, view: views[Number(key) - 1] ?? controls.view }),
  },
  {
    keys: ['t'],
    shown: 't',
    short: 'window',
    long: 'how far back tables and charts reach: 10 s, 60 s, 5 min, the whole phase',
    press: controls => ({ ...controls, window: after(windows, controls.window) }),
  },
  {
    keys: ['?', 'h'],
    shown: '?',
    short: 'help',
    long: 'what the numbers mean',
    press: controls => ({ ...controls, help: !controls.help }),
  },
  {
    keys: ['escape'],
    shown: 'esc',
    short: '',
    long: 'back to the overview',
    press: controls => ({ ...controls, help: false, view: 'overview' }),
  },
]

/** The controls after a key; a key that means nothing changes nothing. */
export function press(controls: Controls, key: string): Controls {
  return keyBindings.find(({ keys }) => keys.includes(key))?.press(controls, key) ?? controls
}

function after<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length] as T
}
