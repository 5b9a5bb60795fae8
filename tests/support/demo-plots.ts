import type { Demo } from '#oltp/scenario/demo/model.js'
import { parseDemo } from '#oltp/scenario/demo/parse.js'

/** A demo of a table `t` with two rows, 10 under 1 and 20 under 2, told by sessions A and B. */
export function demoOf(schedule: readonly string[], more = ''): Demo {
  const text = `version: 1
name: test
kind: anomaly
title: A test
theme: Tests
summary: A test
story: Two people do something.
${/^setup:/m.test(more) ? '' : 'setup:\n  - CREATE TABLE t (id INT PRIMARY KEY, v INT)\n  - INSERT INTO t VALUES (1, 10), (2, 20)\n'}sessions: [A, B]
schedule:
${schedule.map(step => `  - { ${step} }\n`).join('')}${/^final:/m.test(more) ? '' : 'final: SELECT v FROM t ORDER BY id\n'}${more}`
  return parseDemo(text, 'test.yaml')
}
