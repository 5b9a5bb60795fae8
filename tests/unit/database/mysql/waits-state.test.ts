import { describe, expect, it } from 'vitest'
import { nameOfUserLock } from '#oltp/database/mysql/waits-state.js'

describe('the lock that a statement asks for by its name', () => {
  it.each([
    ["SELECT GET_LOCK('room', 20) AS locked", 'room'],
    ['DO get_lock ( "blue room" , 20)', 'blue room'],
    ["SELECT GET_LOCK('it''s', 1)", "it's"],
    ['SELECT GET_LOCK("a ""b""", 1)', 'a "b"'],
    ["/* GET_LOCK('no', 1) */ SELECT 'GET_LOCK(''no'', 1)', `GET_LOCK('no', 1)`, GET_LOCK('yes', 1)", 'yes'],
    ["SELECT GET_LOCK('yes', 1) -- and not GET_LOCK('no', 1)", 'yes'],
  ])('is known of %s', (statement, name) => {
    expect(nameOfUserLock(statement)).toBe(name)
  })

  it.each([
    ["SELECT GET_LOCK(CONCAT('ro', 'om'), 20)"],
    ["SELECT GET_LOCK('ro' 'om', 20)"],
    ["SELECT GET_LOCK('a\\nb', 20)"],
    ["SELECT GET_LOCK('a', 1), GET_LOCK('b', 1)"],
    ["SELECT GET_LOCK('a', 1), GET_LOCK(@b, 1)"],
    ["SELECT 'GET_LOCK(''a'', 1)'"],
    ["SELECT FORGET_LOCK('a', 1)"],
    ['CALL wait_for_room()'],
    ['null'],
  ])('is not known of %s', statement => {
    expect(nameOfUserLock(statement)).toBeNull()
  })
})
