/** Values that make no sense where they are used: text plus number, an overflow, a division by zero. Whoever knows the step adds its name. */
export class ValueError extends Error {
  override readonly name = 'ValueError'
}
