import type { History } from '../../measure/history.js'

/** Of each operation, the one before it of the same transaction on the same key; −1: it is the first. */
export function previousOnKey({ keys, operationKeys }: History, owner: Int32Array): Int32Array {
  const last = new Int32Array(keys.length).fill(-1)
  return operationKeys.map((key, operation) => {
    const before = last[key] as number
    last[key] = operation
    return before !== -1 && owner[before] === owner[operation] ? before : -1
  })
}

/** Of each operation, 1: its transaction has appended to the key before. */
export function afterOwnAppend({ operationChains }: History, previous: Int32Array): Uint8Array {
  const after = new Uint8Array(previous.length)
  previous.forEach((before, operation) => {
    if (before !== -1) after[operation] = operationChains[before] === -1 ? 1 : (after[before] as number)
  })
  return after
}
