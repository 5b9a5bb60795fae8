/** What a statement does to which table, as in `update_account`, for reports; null where that is not plain to see. */
export function statementName(text: string): string | null {
  const bare = text.replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, ' ').trim()
  const verb = /^[a-z]+/i.exec(bare)?.[0].toLowerCase() ?? ''
  const before = tableComesAfter[verb]
  const table = before?.exec(bare)?.[1]
  if (table === undefined) return null
  const name = (table.split('.').at(-1) ?? '').replace(/["`]/g, '')
  return /^\w+$/.test(name) ? `${verb}_${name.toLowerCase()}` : null
}

const tableComesAfter: { readonly [verb: string]: RegExp } = {
  select: /\bfrom\s+(?:only\s+)?([\w."`]+)/i,
  insert: /\binto\s+([\w."`]+)/i,
  replace: /\binto\s+([\w."`]+)/i,
  merge: /\binto\s+(?:only\s+)?([\w."`]+)/i,
  update: /^update\s+(?:only\s+|ignore\s+)?([\w."`]+)/i,
  delete: /\bfrom\s+(?:only\s+)?([\w."`]+)/i,
  with: /\)\s*(?:select|insert|update|delete)\b[\s\S]*?\b(?:from|into|update)\s+([\w."`]+)/i,
}
