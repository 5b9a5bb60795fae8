/** A document about demos as JSON, indented: values as a reader expects them, floats as numbers and exact decimals as text. */
export function demoJson(document: object): string {
  return JSON.stringify(document, (_, value: unknown) => (isFloat(value) ? value.float : value), 2)
}

function isFloat(value: unknown): value is { readonly float: number } {
  return typeof value === 'object' && value !== null && 'float' in value && Object.keys(value).length === 1
}
