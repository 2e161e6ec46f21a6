import type { DeviceFault, DeviceName } from '../../rtc/devices'
import { t } from './words'

/** What happened to a device and what to do about it. */
export function advice(device: DeviceName, fault: DeviceFault): readonly [string, string] {
  const microphone = device === 'microphone'
  switch (fault) {
    case 'denied':
      return [t(microphone ? 'microphoneDenied' : 'cameraDenied'), t('deniedHelp')]
    case 'missing':
      return [
        t(microphone ? 'microphoneMissing' : 'cameraMissing'),
        t(microphone ? 'microphoneMissingHelp' : 'cameraMissingHelp'),
      ]
    case 'busy':
      return [t(microphone ? 'microphoneBusy' : 'cameraBusy'), t('busyHelp')]
    default:
      return [t(microphone ? 'microphoneFailed' : 'cameraFailed'), t('failedHelp')]
  }
}

/** That it is no reason to stay at the door. */
export function anyway(device: DeviceName, fault: DeviceFault): string {
  if (fault !== 'missing') return t('enterAnyway')
  return t(device === 'microphone' ? 'enterWithoutMicrophone' : 'enterWithoutCamera')
}
