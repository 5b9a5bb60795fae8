import { decimal } from '../decimal.js'
import type { Reader, YamlNode, YamlScalar } from '../diagnostics.js'
import type { Parameter } from '../model.js'
import { checkParameterValue, parameterTypes, parseParameterValue } from '../parameter-values.js'
import { describe, keysOf } from '../reader.js'
import { parameterSchema } from '../schema.js'
import type { Value } from '../values.js'

/** `parameters:` of a scenario, in the order written. */
export function readParameters(node: YamlNode, reader: Reader): readonly Parameter[] {
  return reader.dictionary(node, '`parameters`').map(({ key, value }) => readParameter(key, value, reader))
}

function readParameter(name: string, node: YamlNode, reader: Reader): Parameter {
  const what = `parameter \`${name}\``
  const map = reader.map(node, what, keysOf(parameterSchema), ['type', 'default'])
  const typeNode = reader.get(map, 'type')
  const type = typeNode ? reader.oneOf(typeNode, 'type', parameterTypes) : 'text'
  const bound = (key: 'min' | 'max') => {
    const found = reader.get(map, key)
    if (!found) return null
    if (type === 'text' || type === 'bool')
      reader.problem(found, `\`${key}\` is for numbers, and ${what} is a ${type}`, { hint: 'remove it' })
    return reader.number(found, `\`${key}\``)
  }
  const choicesNode = reader.get(map, 'choices')
  const helpNode = reader.get(map, 'help')
  const parameter: Omit<Parameter, 'default'> = {
    name,
    type,
    min: bound('min'),
    max: bound('max'),
    choices: choicesNode ? reader.list(choicesNode, '`choices`').map(item => readParameterValue(item, type, '`choices`', reader)) : null,
    help: helpNode ? reader.text(helpNode, '`help`') : '',
  }
  const defaultNode = reader.get(map, 'default')
  if (!defaultNode || !typeNode) return { ...parameter, default: null }
  return { ...parameter, default: readAllowedValue(defaultNode, parameter, '`default`', reader) }
}

/** A value for a parameter as a file gives it, with its bounds and choices checked. */
export function readAllowedValue(node: YamlNode, parameter: Omit<Parameter, 'default'>, what: string, reader: Reader): Value {
  const before = readParameterValue(node, parameter.type, what, reader)
  const wrong = before === null ? null : checkParameterValue(before, parameter)
  if (wrong)
    reader.problem(node, `${what} must be ${wrong}, found ${describe(node)}`, {
      hint: `change it, or what parameter \`${parameter.name}\` allows`,
    })
  return before
}

function readParameterValue(node: YamlNode, type: Parameter['type'], what: string, reader: Reader): Value {
  if (node.kind === 'scalar' && fits(node, type)) {
    const value = parseParameterValue(node.source, type)
    if (value !== null) return value
  }
  const hint = quotesHint(node, type)
  reader.problem(node, `${what} must be ${articles[type]}, found ${describe(node)}`, { hint: hint ?? examples[type] })
  return type === 'decimal' ? decimal('0') : null
}

// `"10"` in quotes is a text to YAML, and so it is here; decimals may be quoted, so that no editor rounds them.
function fits(node: YamlScalar, type: Parameter['type']): boolean {
  if (type === 'text') return typeof node.value === 'string'
  if (type === 'bool') return typeof node.value === 'boolean'
  return typeof node.value === 'number' || type === 'decimal'
}

function quotesHint(node: YamlNode, type: Parameter['type']): string | undefined {
  if (node.kind !== 'scalar' || node.value === null) return undefined
  if (type === 'text') return `put it in quotes: "${node.source}"`
  return node.quoted && parseParameterValue(node.source, type) !== null ? 'remove the quotes' : undefined
}

const examples: { readonly [type in Parameter['type']]: string } = {
  int: 'write it in digits, as in 10',
  float: 'write it in digits, as in 0.5',
  decimal: 'write it in digits, as in 9.99',
  text: 'write it as one text, in quotes',
  bool: 'write true or false, without quotes',
}

const articles: { readonly [type in Parameter['type']]: string } = {
  int: 'a whole number',
  float: 'a number',
  decimal: 'a decimal number',
  text: 'a text',
  bool: 'true or false',
}
