import { Box, Text, useInput } from 'ink'
import { createElement, Fragment } from 'react'
import type { Line } from './line.js'
import { asciiOnly, textStyle } from './theme.js'

export interface DashboardProps {
  readonly lines: readonly Line[]
  readonly ascii: boolean
  /** null: stdin is not a terminal, or nobody listens. */
  readonly onKey: ((key: string) => void) | null
}

/** Draws what the panels wrote: one text per row, because each box and each change of colour costs time on every frame. */
export function Dashboard({ lines, ascii, onKey }: DashboardProps) {
  const rows = lines.map(line => Row(line, ascii))
  return (
    <>
      {onKey && <Keyboard onKey={onKey} />}
      {createElement(Box, { flexDirection: 'column' }, ...rows)}
    </>
  )
}

function Row(line: Line, ascii: boolean) {
  const spans = line
    .filter(({ text }) => text !== '')
    .map(({ text, style }) => createElement(Text, textStyle(style), ascii ? asciiOnly(text) : text))
  // A row without text would take no height.
  return createElement(Text, { wrap: 'truncate' }, spans.length === 0 ? ' ' : createElement(Fragment, null, ...spans))
}

const named: { readonly [character: string]: string } = { ' ': 'space', '\t': 'tab', '\r': 'enter', '\n': 'enter', '\x03': 'ctrl+c' }

function Keyboard({ onKey }: { readonly onKey: (key: string) => void }) {
  useInput((input, key) => {
    if (key.ctrl) onKey(`ctrl+${input}`)
    else if (key.tab) onKey('tab')
    else if (key.escape) onKey('escape')
    else if (key.upArrow) onKey('up')
    else if (key.downArrow) onKey('down')
    else if (key.pageUp) onKey('page up')
    else if (key.pageDown) onKey('page down')
    // Keys typed fast arrive together.
    else for (const one of input) onKey(named[one] ?? one)
  })
  return null
}
