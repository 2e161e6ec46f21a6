import { expect, it, vi } from 'vitest'
import { fit, layers, sized } from './layers'

const shown = (height: number) =>
  sized(height).map((each) => (each.active ? `${each.rid}/${each.scaleResolutionDownBy}` : each.rid))

it('sends a large picture in three sizes, a small one in as many as Chromium sends of it', () => {
  expect(shown(720)).toEqual(['q/4', 'h/2', 'f/1'])
  expect(shown(540)).toEqual(['q/4', 'h/2', 'f/1'])
  expect(shown(480)).toEqual(['q/2', 'h/1', 'f'])
  expect(shown(270)).toEqual(['q/2', 'h/1', 'f'])
  expect(shown(240)).toEqual(['q/1', 'h', 'f'])
})

it('gives the whole picture the most bits, whatever its layer is called', () => {
  expect(sized(720)[2]?.maxBitrate).toBe(1_700_000)
  expect(sized(480)[1]?.maxBitrate).toBe(1_700_000)
  expect(sized(240)[0]?.maxBitrate).toBe(1_700_000)
  expect(layers).toEqual(sized(720))
})

it('changes the sender of a camera with layers, and nothing else', async () => {
  const setParameters = vi.fn(async () => {})
  const sender = (encodings: RTCRtpEncodingParameters[]) =>
    ({ getParameters: () => ({ transactionId: 't', encodings }), setParameters }) as unknown as RTCRtpSender
  const track = (height?: number) => ({ getSettings: () => ({ height }) }) as unknown as MediaStreamTrack
  await fit(sender([{ maxBitrate: 1 }]), track(480))
  await fit(sender(sized(720)), track(undefined))
  expect(setParameters).not.toHaveBeenCalled()
  await fit(sender(sized(720)), track(480))
  expect(setParameters).toHaveBeenCalledWith({ transactionId: 't', encodings: sized(480) })
})
