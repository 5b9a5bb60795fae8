/**
 * True for a statement that only reads. Outside a transaction a read is never ambiguous when its connection is lost, any other
 * statement may have been applied. In doubt the answer is false: a SELECT that locks, or a WITH that changes rows, is no read.
 */
export function isRead(text: string): boolean {
  const bare = text
    .replace(/'(?:[^'\\]|''|\\.)*'/gs, "''")
    .replace(/--[^\n]*|#[^\n]*|\/\*.*?\*\//gs, ' ')
    .replace(/^[\s(]+/, '')
  if (/^(?:show|values|table|explain(?!\s*(?:\(|analy)))\b/i.test(bare)) return true
  return (
    /^(?:select|with)\b/i.test(bare) &&
    !/\b(?:for\s+(?:no\s+key\s+)?(?:update|share|key)|lock\s+in|into|insert|update|delete|merge)\b/i.test(bare)
  )
}
