/** The number of rows at the end of a command tag (`UPDATE 3`, `INSERT 0 1`, `SELECT 10`), whose zero byte is the last before `end`; 0 where there is none. */
export function readAffected(bytes: Buffer, end: number): number {
  let affected = 0
  let unit = 1
  for (let at = end - 2; at >= 0; at--) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) break
    affected += digit * unit
    unit *= 10
  }
  return affected
}
