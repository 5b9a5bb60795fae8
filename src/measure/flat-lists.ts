/** Lists one after the other: list `n` has the elements from `first[n]` to `first[n + 1]`. */
export function flattenLists(lists: readonly Int32Array[]): { readonly first: Int32Array; readonly elements: Int32Array } {
  const first = new Int32Array(lists.length + 1)
  lists.forEach((list, index) => {
    first[index + 1] = (first[index] as number) + list.length
  })
  const elements = new Int32Array(first[lists.length] as number)
  lists.forEach((list, index) => {
    elements.set(list, first[index])
  })
  return { first, elements }
}
