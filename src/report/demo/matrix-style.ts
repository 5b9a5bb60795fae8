/** Of the page with the matrix: legible in print and in the dark, with a sign beside every colour. */
export const matrixStyle = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --paper: #fff; --line: #d5dae0; --band: #f2f4f7;
  --bad: #b3261e; --bad-back: #fdeceb; --good: #0b6b57; --good-back: #e9f6f2; --warn: #7a4b00; --warn-back: #fdf3e0; --wait: #2c4a8c; --wait-back: #ecf1fb }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #9aa5b1; --paper: #14171a; --line: #343b43; --band: #1d2227;
  --bad: #ff9a92; --bad-back: #3a1a18; --good: #7fd6bf; --good-back: #12302a; --warn: #f2c175; --warn-back: #352710; --wait: #a9c1f5; --wait-back: #1b2740 } }
* { box-sizing: border-box }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 1800px; margin: 0 auto; padding: 1.5rem }
h1 { font-size: 1.6rem; margin: 0 0 .25rem } h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem } h3 { font-size: 1.05rem; margin: 1.75rem 0 .25rem } h4 { font-size: .95rem; margin: 1rem 0 .25rem }
p { margin: .25rem 0 .5rem; max-width: 75ch } .soft { color: var(--soft) } ul { padding-left: 1.25rem } li { max-width: 90ch }
code, .sql { font: .875rem/1.45 ui-monospace, monospace } .sql { white-space: pre-wrap; overflow-wrap: anywhere }
.scroll { overflow: auto; margin: 1rem 0 } .high { max-height: 94vh; width: fit-content; max-width: 100% }
table { border-collapse: collapse } th, td { padding: .35rem .6rem; text-align: left; vertical-align: top; border: 1px solid var(--line) }
.matrix { font-size: .9rem } .matrix th, .matrix td { padding: .3rem .5rem } .matrix td { white-space: nowrap }
.matrix tr > :first-child[scope=row], .matrix tr > :first-child[rowspan] { position: sticky; left: 0; background: var(--paper) } .matrix thead { position: sticky; top: 0; z-index: 2 } .matrix thead th { background: var(--band); vertical-align: bottom; font-weight: 600 }
.matrix .theme th { background: var(--band); color: var(--soft); font-weight: 600; font-size: .875rem }
.matrix tbody th { font-weight: 400; white-space: nowrap } .matrix .fix th { padding-left: 1.25rem } .matrix tfoot td { font-weight: 600; white-space: normal; max-width: 9rem }
.matrix a { color: inherit; text-decoration: none; display: block } .matrix a:hover, .matrix a:focus { text-decoration: underline }
.server { border-left: 3px solid var(--soft) }
.happens { color: var(--bad); background: var(--bad-back) } .prevented { color: var(--good); background: var(--good-back) }
.error { color: var(--warn); background: var(--warn-back) } .waits { color: var(--wait); background: var(--wait-back) } .gap { color: var(--soft) }
details { border: 1px solid var(--line); border-radius: 6px; margin: .35rem 0 } summary { cursor: pointer; padding: .4rem .75rem }
details > div { padding: .25rem .75rem 1rem; max-width: 1200px } .badge { border-radius: 4px; padding: .1rem .45rem; white-space: nowrap; font-size: .9rem }
.steps { width: 100%; table-layout: fixed } .steps > * > tr > :first-child { width: 2.75rem; color: var(--soft); text-align: right }
.steps thead th { background: var(--band) } .steps td > div { margin-bottom: .2rem }
.rows { margin: .25rem 0; font-size: .875rem } .rows th, .rows td { padding: .1rem .45rem } .rows th { color: var(--soft); font-weight: 400 }
.skipped { color: var(--soft); text-decoration: line-through } .failed { color: var(--warn) } .waited { color: var(--wait) }
@media print { details { break-inside: avoid } main { max-width: none } .high { max-height: none } }
`
