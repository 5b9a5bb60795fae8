import { drawingFunctions } from './drawing-functions.js'
import type { FunctionDefinition } from './function-definition.js'
import { numericFunctions } from './numeric-functions.js'
import { textFunctions } from './text-functions.js'
import { valueFunctions } from './value-functions.js'

/** Every function of the language by its name. */
export const functions: ReadonlyMap<string, FunctionDefinition> = new Map(
  [...drawingFunctions, ...numericFunctions, ...textFunctions, ...valueFunctions].map(definition => [definition.name, definition]),
)
