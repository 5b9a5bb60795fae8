import type { ReadText } from './virtualisation.js'

/**
 * How many cores the cgroups of this process let it use, the tightest of them and of all above; null: no limit, or not Linux.
 * Version 2 has `cpu.max` (quota and period), version 1 a file for each.
 */
export function describeCpuLimit(read: ReadText): number | null {
  const lines = (read('/proc/self/cgroup') ?? '').split('\n')
  const limits = lines.flatMap(line => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (controllers === undefined || path === undefined) return []
    if (controllers === '') return foldersUpTo(path).flatMap(folder => ['', '/unified'].map(mount => limitOf2(read, mount, folder)))
    if (!controllers.split(',').includes('cpu')) return []
    return foldersUpTo(path).flatMap(folder => [`/${controllers}`, '/cpu'].map(mount => limitOf1(read, mount, folder)))
  })
  const cores = limits.filter(limit => limit !== null)
  return cores.length === 0 ? null : Math.min(...cores)
}

/** `/a/b` → `/a/b`, `/a`, and the root: inside a container the path may be the host's, and only the root is there. */
function foldersUpTo(path: string): string[] {
  const names = path.split('/').filter(name => name !== '')
  return Array.from({ length: names.length + 1 }, (_, dropped) =>
    names
      .slice(0, names.length - dropped)
      .map(name => `/${name}`)
      .join(''),
  )
}

function limitOf2(read: ReadText, mount: string, folder: string): number | null {
  const [quota = '', period = ''] = (read(`/sys/fs/cgroup${mount}${folder}/cpu.max`) ?? '').trim().split(/\s+/)
  return coresOf(quota, period)
}

function limitOf1(read: ReadText, mount: string, folder: string): number | null {
  const of = (name: string) => (read(`/sys/fs/cgroup${mount}${folder}/${name}`) ?? '').trim()
  return coresOf(of('cpu.cfs_quota_us'), of('cpu.cfs_period_us'))
}

/** Microseconds per microseconds; `max` and -1 are no limit. */
function coresOf(quota: string, period: string): number | null {
  const cores = Number(quota) / Number(period)
  return /^\d+$/.test(quota) && Number.isFinite(cores) && cores > 0 ? cores : null
}
