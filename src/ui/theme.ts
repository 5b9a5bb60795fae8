/**
 * Styles by meaning. The sixteen ANSI names, so that the user's terminal decides what they look like; never colour alone:
 * every state has a mark and a word as well. Good and bad are cyan and yellow, not green and red.
 */
const styles = {
  plain: {},
  dim: { dimColor: true },
  title: { bold: true },
  strong: { bold: true },
  tps: { color: 'cyan' },
  tpsStrong: { color: 'cyan', bold: true },
  latency: { color: 'yellow' },
  latencyStrong: { color: 'yellow', bold: true },
  retries: { color: 'magenta' },
  retriesStrong: { color: 'magenta', bold: true },
  good: { color: 'cyan' },
  warn: { color: 'yellow' },
  bad: { color: 'red', bold: true },
  status: { inverse: true, bold: true },
} as const

export type Style = keyof typeof styles

/** What Ink's `<Text>` takes. */
export interface TextStyle {
  readonly color?: string
  readonly bold?: boolean
  readonly dimColor?: boolean
  readonly inverse?: boolean
}

export function textStyle(style: Style): TextStyle {
  return styles[style]
}

const plainGlyphs: { readonly [glyph: string]: string } = {
  '▁': '.',
  '▂': ':',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': '*',
  '▇': '#',
  '█': '@',
  '━': '=',
  '╸': '-',
  '─': '-',
  '▲': '^',
  '▼': 'v',
  '✓': '+',
  '✗': 'x',
  '·': '|',
  '└': '`',
  '…': '~',
  '–': '-',
  '×': 'x',
  µ: 'u',
  '▸': '>',
  '▶': '>',
  '↑': '^',
  '↓': 'v',
  '│': '|',
  '┊': ':',
  '┄': '~',
  '┼': '+',
  '»': '%',
  '•': 'o',
  '●': 'O',
}

/** The same text in ASCII, column for column: for `--ascii` and for terminals without UTF-8. */
export function asciiOnly(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, glyph => plainGlyphs[glyph] ?? '?')
}

/** Whether the terminal can show the blocks: what the locale says; where it says nothing, all but the Linux console can. */
export function speaksUnicode(env: { readonly [name: string]: string | undefined }): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  return locale ? /utf-?8/i.test(locale) : env.TERM !== 'linux'
}
