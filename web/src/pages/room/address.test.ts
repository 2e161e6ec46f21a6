import { describe, expect, it } from 'vitest'
import { address } from './address'

describe('the address', () => {
  it.each([
    ['/r/gemeinderat', '#abc-_1', 'gemeinderat', 'abc-_1'],
    ['/r/gemeinderat/', '#abc', 'gemeinderat', 'abc'],
    ['/r/gemeinderat', '', 'gemeinderat', ''],
    ['/r/gemeinderat', '#abc%20', 'gemeinderat', 'abc'],
    ['/r/gemeinderat', '#%', 'gemeinderat', '%'],
    ['/elsewhere', '#abc', '', 'abc'],
  ])('%s%s names room and secret', (pathname, hash, room, secret) => {
    expect(address({ pathname, hash })).toEqual({ room, secret })
  })
})
