import { exitCodes, OltpError } from '../../errors.js'
import { type History, transactionState } from '../../measure/history.js'

/** Who appended what: answers with the operation, or −1 where nobody did. */
export interface Writers {
  /** Of each operation, its transaction. */
  readonly owner: Int32Array
  find(key: number, element: number): number
}

/**
 * Finds every append by its key and element. A retry draws the same element again: it is that of the attempt that was committed, else
 * of one that may have been.
 *
 * @throws OltpError CHECK_ELEMENT_TWICE where two committed transactions appended the same element
 */
export function indexWriters(history: History): Writers {
  const { operationKeys: keys, operationChains: chains, operationValues: values, states } = history
  const owner = ownersOf(history)
  const slots = new Int32Array(roomFor(keys.length)).fill(-1)
  const mask = slots.length - 1

  const claimOf = (operation: number) => claims.indexOf(states[owner[operation] as number] as number)

  function slotOf(key: number, element: number): number {
    for (let at = scatter(key, element) & mask; ; at = (at + 1) & mask) {
      const operation = slots[at] as number
      if (operation === -1 || (keys[operation] === key && values[operation] === element)) return at
    }
  }

  for (let operation = 0; operation < keys.length; operation++) {
    if (chains[operation] !== -1) continue
    const [key, element] = [keys[operation] as number, values[operation] as number]
    const slot = slotOf(key, element)
    const known = slots[slot] as number
    const better = claimOf(operation)
    const best = known === -1 ? -1 : claimOf(known)
    if (better > best) slots[slot] = operation
    else if (better === claims.length - 1) throw appendedTwice(history, key, element)
  }
  return { owner, find: (key, element) => slots[slotOf(key, element)] as number }
}

/** Who has the better claim to an element comes later. */
const claims: readonly number[] = [transactionState.aborted, transactionState.inDoubt, transactionState.committed]

function ownersOf({ states, firstOperation, operationKeys }: History): Int32Array {
  const owner = new Int32Array(operationKeys.length)
  for (let transaction = 0; transaction < states.length; transaction++) {
    owner.fill(transaction, firstOperation[transaction], firstOperation[transaction + 1])
  }
  return owner
}

/** A power of two, at most half full. */
function roomFor(entries: number): number {
  let room = 16
  while (room < entries * 2) room *= 2
  return room
}

function scatter(key: number, element: number): number {
  const mixed = Math.imul(key ^ Math.imul(element, 0x9e3779b1), 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}

function appendedTwice({ keys }: History, key: number, element: number): OltpError {
  return new OltpError('CHECK_ELEMENT_TWICE', exitCodes.usage, `two transactions appended ${element} to the list of key ${keys[key]}`, {
    hint: "no element may be appended twice: draw it from a sequence, as in `element: sequence('element')`",
  })
}
