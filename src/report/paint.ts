import { $, bold, cyan, dim, magenta, red, yellow } from 'kleur/colors'

/** Styles by meaning; the sixteen ANSI names, so that the terminal's theme decides. */
export interface Paint {
  readonly strong: (text: string) => string
  readonly dim: (text: string) => string
  readonly tps: (text: string) => string
  readonly latency: (text: string) => string
  readonly retries: (text: string) => string
  readonly good: (text: string) => string
  readonly warn: (text: string) => string
  readonly bad: (text: string) => string
}

/** Colours only if asked to: the library's own guess looks at stdout, which may not be where the text goes. */
export function createPaint(colour: boolean): Paint {
  const only = (style: (text: string) => string) => (text: string) => {
    $.enabled = colour
    return style(text)
  }
  return {
    strong: only(bold),
    dim: only(dim),
    tps: only(text => bold(cyan(text))),
    latency: only(text => bold(yellow(text))),
    retries: only(magenta),
    good: only(cyan),
    warn: only(yellow),
    bad: only(text => bold(red(text))),
  }
}
