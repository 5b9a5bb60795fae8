/** Text of a file, or null where there is none that we may read. */
export type ReadText = (path: string) => string | null

/**
 * What stands between us and the hardware, from what Linux says of it: `none`, `KVM`, `docker on Amazon EC2`. Null where the
 * platform does not say.
 */
export function describeVirtualisation(read: ReadText): string | null {
  const [container, hypervisor] = [containerOf(read), hypervisorOf(read)]
  if (container === null) return hypervisor
  return hypervisor === null || hypervisor === 'none' ? container : `${container} on ${hypervisor}`
}

const containerTraces: readonly { readonly path: string; readonly shows?: RegExp; readonly name: string }[] = [
  { path: '/run/secrets/kubernetes.io/serviceaccount/namespace', name: 'kubernetes' },
  { path: '/proc/1/cgroup', shows: /kubepods/, name: 'kubernetes' },
  { path: '/run/.containerenv', name: 'podman' },
  { path: '/.dockerenv', name: 'docker' },
  { path: '/proc/1/cgroup', shows: /docker/, name: 'docker' },
  { path: '/proc/1/cgroup', shows: /libpod/, name: 'podman' },
  { path: '/proc/1/cgroup', shows: /\/lxc/, name: 'lxc' },
  { path: '/proc/1/cgroup', shows: /containerd/, name: 'containerd' },
]

function containerOf(read: ReadText): string | null {
  const told = read('/run/systemd/container')?.trim()
  if (told) return told
  const found = containerTraces.find(({ path, shows }) => {
    const text = read(path)
    return text !== null && (shows?.test(text) ?? true)
  })
  return found?.name ?? null
}

/** What the firmware calls itself. */
const hypervisors: readonly (readonly [shows: RegExp, name: string])[] = [
  [/amazon ec2/i, 'Amazon EC2'],
  [/google/i, 'Google Compute Engine'],
  [/microsoft corporation virtual machine/i, 'Hyper-V'],
  [/vmware/i, 'VMware'],
  [/innotek|virtualbox/i, 'VirtualBox'],
  [/parallels/i, 'Parallels'],
  [/openstack/i, 'OpenStack'],
  [/digitalocean/i, 'DigitalOcean'],
  [/hetzner/i, 'Hetzner Cloud'],
  [/alibaba/i, 'Alibaba Cloud'],
  [/xen/i, 'Xen'],
  [/qemu|kvm|bochs/i, 'KVM'],
]

function hypervisorOf(read: ReadText): string | null {
  if (/microsoft/i.test(read('/proc/sys/kernel/osrelease') ?? '')) return 'WSL'
  const flags = /^flags\s*:(.*)$/m.exec(read('/proc/cpuinfo') ?? '')?.[1]
  // x86 says whether there is one; elsewhere only its name can tell.
  if (flags !== undefined && !/\bhypervisor\b/.test(flags)) return 'none'
  const firmware = ['sys_vendor', 'product_name'].map(name => (read(`/sys/class/dmi/id/${name}`) ?? '').trim()).join(' ')
  const named = hypervisors.find(([shows]) => shows.test(firmware) && !/\.metal/.test(firmware))
  if (named !== undefined) return named[1]
  return flags === undefined ? null : 'a hypervisor without a name'
}
