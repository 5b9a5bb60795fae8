import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

interface Service {
  readonly image: string
  readonly ports: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly healthcheck: { readonly test: readonly string[] }
}

const services: Readonly<Record<string, Service>> = parse(readFileSync('docker-compose.yml', 'utf8')).services
const usualPorts = ['5432', '3306']

test('docker-compose.yml has the three databases', () => {
  expect(Object.keys(services)).toEqual(['postgres', 'mysql', 'mariadb'])
})

describe.each(Object.entries(services))('%s', (_name, service) => {
  test('is pinned to one version', () => {
    expect(service.image).toMatch(/^(postgres:18\.\d+|mysql:9\.\d+\.\d+|mariadb:11\.8\.\d+)$/)
  })

  test('listens on this machine only, on a fixed port of its own', () => {
    const [address, port] = service.ports[0]?.split(':') ?? []
    expect(service.ports).toHaveLength(1)
    expect(address).toBe('127.0.0.1')
    expect(usualPorts).not.toContain(port)
  })

  test('has a password and says when it is healthy', () => {
    expect(Object.entries(service.environment).find(([name]) => name.endsWith('PASSWORD'))?.[1]).toBeTruthy()
    expect(service.healthcheck.test[0]).toBe('CMD')
  })
})

test('no two share a port', () => {
  const ports = Object.values(services).flatMap(service => service.ports)
  expect(new Set(ports).size).toBe(ports.length)
})
