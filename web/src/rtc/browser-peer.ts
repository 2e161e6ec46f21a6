import type { Flow } from '../core/state'
import { maxSdp } from '../proto/decode'
import type { Answer, FromWorker, Offer, Ready, ToWorker } from '../proto/message'
import { Channel } from './channel'
import { type Contribution, Labels, newest } from './labels'
import { fit } from './layers'
import type { Opening, Peer, PeerListener, SlotMedia } from './peer'
import {
  addPlace,
  addPlaces,
  addSenders,
  maxPairs,
  type Place,
  type SenderName,
  type Senders,
  senderMids,
  slotMids,
} from './plan'
import { bare, tuned } from './sdp'

const flows: Partial<Record<RTCPeerConnectionState, Flow>> = {
  connecting: 'connecting',
  connected: 'flowing',
  disconnected: 'interrupted',
  failed: 'failed',
}

/** The connection of a real browser. */
export class BrowserPeer implements Peer {
  private readonly pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' })
  private readonly senders: Senders
  private readonly places: Place[]
  private readonly media = new Map<number, SlotMedia>()
  private readonly channel: Channel
  private readonly labels = new Labels()
  private readonly ahead: Promise<RTCSessionDescriptionInit>
  private connection = ''
  private frame = 0

  constructor(private readonly listener: PeerListener) {
    const data = this.pc.createDataChannel('weckruf', { negotiated: true, id: 0 })
    this.channel = new Channel(data, (message) => this.heard(message))
    this.senders = addSenders(this.pc)
    this.places = addPlaces(this.pc)
    for (const place of this.places) this.receive(place)
    this.pc.onconnectionstatechange = () => this.flow()
    // Only made, not set: the relays are not known yet, and an offer set now would never use them.
    this.ahead = this.pc.createOffer()
    this.ahead.catch(() => undefined) // offer() tells of it
  }

  async offer(ready: Ready, opening: Opening): Promise<Offer> {
    const ahead = await this.ahead
    this.connection = ready.connection
    this.relay(ready)
    await this.pc.setLocalDescription(ahead)
    return this.described(ahead, opening)
  }

  async offerAgain(opening: Opening, change: { restart?: boolean; pairs?: number }): Promise<Offer> {
    this.grow(change.pairs ?? 0)
    const next = await this.pc.createOffer({ iceRestart: change.restart ?? false })
    await this.pc.setLocalDescription(next)
    return this.described(next, opening)
  }

  async accept(answer: Answer): Promise<void> {
    if (this.pc.signalingState !== 'have-local-offer') return
    await this.pc.setRemoteDescription({ type: 'answer', sdp: tuned(answer.sdp) })
    if (this.labels.map(answer.slots, performance.now())) this.tellShown()
    if (this.frame === 0) this.watch()
  }

  async rollBack(): Promise<void> {
    if (this.pc.signalingState === 'have-local-offer') await this.pc.setLocalDescription({ type: 'rollback' })
  }

  async put(name: SenderName, track: MediaStreamTrack | null): Promise<void> {
    const { sender } = this.senders[name]
    await sender.replaceTrack(track)
    if (name === 'camera' && track) await fit(sender, track)
  }

  tell(message: ToWorker): void {
    this.channel.tell(message)
  }

  slots(): readonly SlotMedia[] {
    return [...this.media.values()]
  }

  close(): void {
    cancelAnimationFrame(this.frame)
    this.pc.onconnectionstatechange = null
    this.pc.close()
  }

  private relay(ready: Ready): void {
    const iceServers = ready.ice_servers.map((each) => ({ ...each }))
    try {
      this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers })
    } catch {
      // An address this browser cannot read: most people need no relay, so go on without.
    }
  }

  private described(description: RTCSessionDescriptionInit, opening: Opening): Offer {
    const sdp = bare(description.sdp ?? '')
    if (sdp.length > maxSdp) throw new Error('the offer is too long')
    return {
      type: 'offer',
      connection: this.connection,
      sdp,
      sender: senderMids(this.senders),
      slots: slotMids(this.places),
      wishes: [...opening.wishes],
      sources: opening.sources,
    }
  }

  private grow(pairs: number): void {
    const have = this.places.filter((each) => each.kind === 'pair').length
    for (let count = have; count < Math.min(pairs, maxPairs); count++) {
      const place = addPlace(this.pc, 'pair', this.places.length)
      this.places.push(place)
      this.receive(place)
    }
  }

  private receive({ slot, audio, video }: Place): void {
    this.media.set(slot, {
      slot,
      audio: new MediaStream([audio.receiver.track]),
      ...(video ? { video: new MediaStream([video.receiver.track]) } : {}),
    })
  }

  private flow(): void {
    const flow = flows[this.pc.connectionState]
    if (flow) this.listener.flow(flow)
  }

  private heard(message: FromWorker): void {
    if (message.type === 'slots') {
      if (this.labels.map(message.slots, performance.now())) this.tellShown()
    } else this.listener.message(message)
  }

  // Once per painted frame: a page that is not seen needs no labels.
  private watch(): void {
    this.frame = requestAnimationFrame(() => {
      const now = performance.now()
      let changed = this.labels.settle(now)
      for (const slot of this.labels.busy()) {
        const from = newest(this.contributions(slot))
        if (from !== 0 && this.labels.frame(slot, from, now)) changed = true
      }
      if (changed) this.tellShown()
      this.watch()
    })
  }

  private contributions(slot: number): Contribution[] {
    return this.places[slot]?.video?.receiver.getContributingSources() ?? []
  }

  private tellShown(): void {
    this.listener.shown(this.labels.shown())
  }
}
