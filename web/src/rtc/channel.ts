import { decodeFromWorker, encode } from '../proto/decode'
import type { FromWorker, ToWorker } from '../proto/message'
import { WireError } from '../proto/shape'

/**
 * The channel between page and worker. What is told before it opens is told then: of each type only the
 * latest, for a message always carries the whole.
 */
export class Channel {
  private readonly latest = new Map<ToWorker['type'], ToWorker>()

  constructor(
    private readonly data: RTCDataChannel,
    heard: (message: FromWorker) => void,
  ) {
    data.onopen = () => {
      for (const message of this.latest.values()) data.send(encode(message))
    }
    data.onmessage = (event: MessageEvent<unknown>) => {
      const message = typeof event.data === 'string' ? read(event.data) : undefined
      if (message) heard(message)
    }
  }

  tell(message: ToWorker): void {
    this.latest.set(message.type, message)
    if (this.data.readyState === 'open') this.data.send(encode(message))
  }
}

// A newer worker may say what this page does not know.
function read(json: string): FromWorker | undefined {
  try {
    return decodeFromWorker(json)
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}
