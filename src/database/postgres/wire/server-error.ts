import pg from 'pg'

/** What an ErrorResponse says, in the form in which node-postgres reports it. */
export function readServerError(bytes: Buffer, start: number, end: number): pg.DatabaseError {
  const fields = readFields(bytes, start, end)
  const named = {
    severity: fields.S,
    code: fields.C,
    detail: fields.D,
    hint: fields.H,
    position: fields.P,
    internalPosition: fields.p,
    internalQuery: fields.q,
    where: fields.W,
    schema: fields.s,
    table: fields.t,
    column: fields.c,
    dataType: fields.d,
    constraint: fields.n,
    file: fields.F,
    line: fields.L,
    routine: fields.R,
  }
  return Object.assign(new pg.DatabaseError(fields.M ?? '', end - start + 4, 'error'), named)
}

/** Each is a letter and a text; a zero ends the list. */
function readFields(bytes: Buffer, start: number, end: number): { readonly [letter: string]: string | undefined } {
  const fields: { [letter: string]: string } = {}
  let at = start
  while (at < end && bytes[at] !== 0) {
    const zero = bytes.indexOf(0, at + 1)
    fields[String.fromCharCode(bytes[at] as number)] = bytes.toString('utf8', at + 1, zero)
    at = zero + 1
  }
  return fields
}
