import { describe, expect, it } from 'vitest'
import type { DeviceFault } from '../../rtc/devices'
import { advice, anyway } from './advice'

const faults: readonly DeviceFault[] = ['denied', 'missing', 'busy', 'unsupported', 'failed']

describe('advice', () => {
  it.each(faults)('for a device that is %s names the device and says what to do', (fault) => {
    const [microphone, camera] = [advice('microphone', fault), advice('camera', fault)]
    expect(microphone[0]).not.toBe(camera[0])
    for (const [title, help] of [microphone, camera]) {
      expect(title).toMatch(/mi[ck]ro(ph|f)on|[ck]amera/i)
      expect(help).not.toBe('')
    }
  })

  it('at the door says that one can enter all the same', () => {
    for (const fault of faults)
      for (const device of ['microphone', 'camera'] as const)
        expect(anyway(device, fault)).toMatch(/eintreten|enter/i)
  })

  it('fits in the call as well, where nobody has to enter any more', () => {
    for (const fault of faults)
      for (const device of ['microphone', 'camera'] as const)
        expect(advice(device, fault).join(' ')).not.toMatch(/eintreten|enter/i)
  })
})
