import { describe, expect, it } from 'vitest'
import { describeVirtualisation } from '#oltp/run/virtualisation.js'

const bare = 'processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu vme de pse tsc msr sse2 avx2\n'
const guest = 'processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu vme de pse tsc msr sse2 hypervisor avx2\n'
const arm = 'processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd evtstrm aes\n'

function on(files: { readonly [path: string]: string }): string | null {
  return describeVirtualisation(path => files[path] ?? null)
}

const firmware = (vendor: string, product: string) => ({
  '/sys/class/dmi/id/sys_vendor': `${vendor}\n`,
  '/sys/class/dmi/id/product_name': `${product}\n`,
})

describe('what stands between us and the hardware', () => {
  it('is nothing where the processor knows of no hypervisor', () => {
    expect(on({ '/proc/cpuinfo': bare })).toBe('none')
    expect(on({ '/proc/cpuinfo': bare, ...firmware('Microsoft Corporation', 'Surface Laptop') })).toBe('none')
    // The metal instances of a cloud carry its name, too.
    expect(on({ '/proc/cpuinfo': bare, ...firmware('Amazon EC2', 'c5.metal') })).toBe('none')
  })

  it('is unknown where the platform does not say', () => {
    expect(on({})).toBeNull()
    expect(on({ '/proc/cpuinfo': arm })).toBeNull()
    expect(on({ '/proc/cpuinfo': arm, ...firmware('Amazon EC2', 'c7g.metal') })).toBeNull()
  })

  it.each([
    ['Amazon EC2', 'c5.large', 'Amazon EC2'],
    ['Google', 'Google Compute Engine', 'Google Compute Engine'],
    ['Microsoft Corporation', 'Virtual Machine', 'Hyper-V'],
    ['VMware, Inc.', 'VMware Virtual Platform', 'VMware'],
    ['innotek GmbH', 'VirtualBox', 'VirtualBox'],
    ['Hetzner', 'vServer', 'Hetzner Cloud'],
    ['Xen', 'HVM domU', 'Xen'],
    ['QEMU', 'Standard PC (Q35 + ICH9, 2009)', 'KVM'],
    ['', '', 'a hypervisor without a name'],
  ])('is called by its firmware: %s %s', (vendor, product, name) => {
    expect(on({ '/proc/cpuinfo': guest, ...firmware(vendor, product) })).toBe(name)
  })

  it('is found by its firmware alone where processors do not tell', () => {
    expect(on({ '/proc/cpuinfo': arm, ...firmware('QEMU', 'QEMU Virtual Machine') })).toBe('KVM')
  })

  it('may be the other system', () => {
    expect(on({ '/proc/cpuinfo': guest, '/proc/sys/kernel/osrelease': '5.15.153.1-microsoft-standard-WSL2\n' })).toBe('WSL')
  })

  it.each([
    ['docker', { '/.dockerenv': '' }],
    ['podman', { '/run/.containerenv': 'engine="podman-4.3.1"\n' }],
    ['systemd-nspawn', { '/run/systemd/container': 'systemd-nspawn\n' }],
    ['docker', { '/proc/1/cgroup': '12:cpu,cpuacct:/docker/0a1b2c\n0::/docker/0a1b2c\n' }],
    ['kubernetes', { '/proc/1/cgroup': '0::/kubepods.slice/kubepods-besteffort.slice/cri-containerd-1.scope\n' }],
    ['kubernetes', { '/run/secrets/kubernetes.io/serviceaccount/namespace': 'default', '/.dockerenv': '' }],
    ['lxc', { '/proc/1/cgroup': '4:memory:/lxc/box\n' }],
    ['containerd', { '/proc/1/cgroup': '0::/system.slice/containerd.service\n' }],
  ])('is a container, %s', (name, files) => {
    expect(on({ '/proc/cpuinfo': bare, ...files })).toBe(name)
    expect(on({ '/proc/cpuinfo': guest, ...firmware('QEMU', 'Standard PC'), ...files })).toBe(`${name} on KVM`)
  })

  it('is no container for an ordinary cgroup', () => {
    expect(on({ '/proc/cpuinfo': bare, '/proc/1/cgroup': '0::/init.scope\n', '/run/systemd/container': '' })).toBe('none')
  })
})
