import { type Isolation, isolationLevels } from '../../scenario/model.js'
import type { ServerInfo } from '../contract.js'

/** Sets it for the session's transactions from here on. MariaDB before 11.1 knows the variable by its old name alone. */
export function isolationSetting(level: Isolation, { product, version }: ServerInfo): { readonly [name: string]: string } {
  const value = level.toUpperCase().replace(' ', '-')
  return product === 'MariaDB' && Number.parseFloat(version) < 11.1 ? { tx_isolation: value } : { transaction_isolation: value }
}

/** As the server was when it was asked for its settings. */
export function defaultIsolation({ settings }: ServerInfo): Isolation {
  return spokenLevel(settings.transaction_isolation ?? '') ?? 'repeatable read'
}

/** `REPEATABLE-READ` as we say it. */
export function spokenLevel(value: string): Isolation | null {
  const spoken = value.toLowerCase().replace('-', ' ')
  return isolationLevels.find(level => level === spoken) ?? null
}
