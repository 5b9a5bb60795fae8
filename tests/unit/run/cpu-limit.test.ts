import { describe, expect, it } from 'vitest'
import { describeCpuLimit } from '#oltp/run/cpu-limit.js'

function limit(files: { readonly [path: string]: string }): number | null {
  return describeCpuLimit(path => files[path] ?? null)
}

describe('the cores that a cgroup allows', () => {
  it('are unlimited where nothing says otherwise', () => {
    expect(limit({})).toBeNull()
    expect(limit({ '/proc/self/cgroup': '0::/\n' })).toBeNull()
    expect(limit({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' })).toBeNull()
    expect(limit({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '' })).toBeNull()
    expect(limit({ '/proc/self/cgroup': 'nonsense', '/sys/fs/cgroup/cpu.max': '1 0' })).toBeNull()
    expect(limit({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '200000 0\n' })).toBeNull()
  })

  it('are quota by period, version 2', () => {
    expect(limit({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '150000 100000\n' })).toBe(1.5)
  })

  it('are the tightest on the way to the root', () => {
    const files = {
      '/proc/self/cgroup': '0::/user.slice/user-1000.slice/session-2.scope\n',
      '/sys/fs/cgroup/user.slice/cpu.max': '400000 100000\n',
      '/sys/fs/cgroup/user.slice/user-1000.slice/cpu.max': '250000 100000\n',
      '/sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/other.slice/cpu.max': '10000 100000\n',
    }
    expect(limit(files)).toBe(2.5)
  })

  it('are found at the root where the path is that of the host', () => {
    const files = { '/proc/self/cgroup': '0::/docker/0a1b2c\n', '/sys/fs/cgroup/cpu.max': '200000 100000\n' }
    expect(limit(files)).toBe(2)
  })

  it.each(['cpu,cpuacct', 'cpuacct,cpu', 'cpu'])('are in two files, version 1, under %s', controllers => {
    const files = {
      '/proc/self/cgroup': `9:memory:/\n4:${controllers}:/docker/0a1b2c\n1:name=systemd:/\n`,
      [`/sys/fs/cgroup/${controllers}/cpu.cfs_quota_us`]: '50000\n',
      [`/sys/fs/cgroup/${controllers}/cpu.cfs_period_us`]: '100000\n',
    }
    expect(limit(files)).toBe(0.5)
    expect(limit({ ...files, [`/sys/fs/cgroup/${controllers}/cpu.cfs_quota_us`]: '-1\n' })).toBeNull()
  })

  it('are of version 2 also where version 1 is mounted beside it', () => {
    const files = { '/proc/self/cgroup': '4:cpu:/\n0::/box\n', '/sys/fs/cgroup/unified/box/cpu.max': '100000 100000\n' }
    expect(limit(files)).toBe(1)
  })

  it('are not mistaken for those of the cpuset', () => {
    const files = {
      '/proc/self/cgroup': '4:cpuset:/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
    }
    expect(limit(files)).toBeNull()
  })
})
