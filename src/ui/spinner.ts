/** What turns while something is waited for; `frame` counts up, four a second. */
export function spinner(frame: number): string {
  return frames[frame % frames.length] ?? ''
}

const frames = ['·', '•', '●', '•']
