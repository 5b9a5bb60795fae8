import { printable, wrapText } from '../format.js'
import type { Result } from '../measure/result.js'
import { labelled, labelWidth, type Page, type Section } from './page.js'

/** The machine that made the load, as far as it bears on the figures. */
export function machineSection(page: Page): Section {
  return labelled(page, 'Machine', wrapText(machineText(page.result.environment), page.width - labelWidth).map(page.paint.dim))
}

function machineText({
  cpu_model,
  logical_cores,
  cpu_limit,
  virtualisation,
  governor,
  same_host_as_server,
  load_average,
}: Result['environment']): string {
  return [
    printable(cpu_model),
    `${logical_cores} ${logical_cores === 1 ? 'core' : 'cores'}${cpu_limit === null ? '' : ` limited to ${Number(cpu_limit.toFixed(2))}`}`,
    ...(virtualisation === null || virtualisation === 'none' ? [] : [printable(virtualisation)]),
    // Others choose the full frequency under a load, too, but not at once.
    ...(governor === null || governor === 'performance' ? [] : [`governor ${printable(governor)}`]),
    same_host_as_server ? 'shared with the server' : 'the server is elsewhere',
    ...(load_average === null ? [] : [`load ${load_average.toFixed(1)} before`]),
  ].join(' · ')
}
