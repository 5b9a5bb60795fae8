import { describe, expect, it } from 'vitest'
import { watchHost } from '#oltp/engine/host.js'

/** A kernel whose files a test writes. */
function kernel(files: Record<string, string>) {
  const watch = watchHost(path => files[path] ?? null)
  return { files, watch }
}

const stat = (user: number, idle: number, steal: number) =>
  `cpu  ${user} 0 0 ${idle} 0 0 0 ${steal} 7 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 12 0 0\nctxt 9`
const pressure = (some: number, full: number) =>
  `some avg10=0.00 avg60=0.00 avg300=0.00 total=${some}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=${full}\n`
const cpuStat = (periods: number, throttled: number) =>
  `usage_usec 99\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec 5\n`

describe('the host', () => {
  it('tells what was added since it was asked last', () => {
    const { files, watch } = kernel({ '/proc/stat': stat(100, 100, 10), '/proc/pressure/cpu': pressure(1000, 0) })
    files['/proc/stat'] = stat(250, 130, 30)
    files['/proc/pressure/cpu'] = pressure(4000, 50)
    expect(watch()).toEqual({ steal: { part: 20, whole: 200 }, throttled: null, pressure_us: 3000 })
    expect(watch()).toEqual({ steal: { part: 0, whole: 0 }, throttled: null, pressure_us: 0 })
  })

  it('says nothing where there is nothing to read', () => {
    const { watch } = kernel({})
    expect(watch()).toEqual({ steal: null, throttled: null, pressure_us: null })
  })

  it('does not stumble over files that look otherwise, appear or go away', () => {
    const { files, watch } = kernel({ '/proc/stat': 'cpu  1 2 3', '/proc/pressure/cpu': 'nothing', '/proc/self/cgroup': 'x' })
    expect(watch()).toEqual({ steal: null, throttled: null, pressure_us: null })
    files['/proc/stat'] = stat(1, 1, 1)
    files['/proc/pressure/cpu'] = pressure(5, 0)
    expect(watch()).toEqual({ steal: null, throttled: null, pressure_us: null })
    expect(watch()).toEqual({ steal: { part: 0, whole: 0 }, throttled: null, pressure_us: 0 })
    delete files['/proc/stat']
    expect(watch().steal).toBeNull()
  })

  it.each([
    ['version 2', '0::/pod/app\n', '/sys/fs/cgroup/pod/app/cpu.stat'],
    ['version 2, in a container', '0::/\n', '/sys/fs/cgroup/cpu.stat'],
    ['version 2, a limit further up', '0::/pod/app\n', '/sys/fs/cgroup/pod/cpu.stat'],
    ['version 1', '5:memory:/pod\n4:cpu,cpuacct:/pod/app\n0::/\n', '/sys/fs/cgroup/cpu/pod/app/cpu.stat'],
    ['version 1, in a container', '4:cpuacct,cpu:/only/the/host/sees\n', '/sys/fs/cgroup/cpu/cpu.stat'],
  ])('counts throttled periods (cgroups of %s)', (_, cgroup, path) => {
    const { files, watch } = kernel({ '/proc/self/cgroup': cgroup, [path]: cpuStat(1000, 10) })
    files[path] = cpuStat(1020, 13)
    expect(watch().throttled).toEqual({ part: 3, whole: 20 })
  })

  it('counts the tightest of several limits', () => {
    const [own, above] = ['/sys/fs/cgroup/pod/app/cpu.stat', '/sys/fs/cgroup/pod/cpu.stat']
    const { files, watch } = kernel({ '/proc/self/cgroup': '0::/pod/app', [own]: cpuStat(0, 0), [above]: cpuStat(50, 0) })
    files[above] = cpuStat(60, 4)
    expect(watch().throttled).toEqual({ part: 4, whole: 10 })
  })

  it('reads this machine without complaint', () => {
    const second = watchHost()()
    expect(Object.keys(second)).toEqual(['steal', 'throttled', 'pressure_us'])
    if (process.platform === 'linux') expect(second.steal).not.toBeNull()
  })
})
