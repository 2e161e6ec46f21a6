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
