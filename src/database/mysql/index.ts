import type { Database } from '../contract.js'
import { connect } from './connect.js'
import { dialogue } from './dialogue.js'
import { inspect } from './inspect.js'
import { defaultIsolation, isolationSetting } from './isolation.js'
import { load } from './load.js'
import { migrations } from './migrations.js'
import { monitor } from './monitor.js'
import { namespaces } from './namespace.js'
import { quoteName } from './session.js'
import { checkpoint, gatherStatistics } from './settle.js'
import { watchWaits } from './waits.js'

/** MySQL 8.0 and later and MariaDB 10.11 and later, on mysql2. */
export const mysql: Database = {
  engine: 'mysql',
  pipelines: false,
  connect,
  inspect,
  load,
  gatherStatistics,
  checkpoint,
  namespaces,
  migrations,
  monitor,
  dialogue,
  watchWaits,
  isolationSetting,
  defaultIsolation,
  quoteName,
}
