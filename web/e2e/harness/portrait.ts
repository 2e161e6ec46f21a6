import type { BrowserContext } from 'playwright-core'

/** How somebody looks in a drawn camera picture; colours as CSS writes them. */
export interface Looks {
  wall: readonly [string, string]
  hair: string
  skin: string
  coat: string
  /** Hair down to the shoulders. */
  long?: boolean
  /** Whether the microphone hears a voice, or a quiet room. */
  speaks?: boolean
}

export const anna: Looks = {
  wall: ['#d8d2c4', '#9fb0b5'],
  hair: '#6b4a36',
  skin: '#e8bfa0',
  coat: '#27566b',
  long: true,
}
export const sabine: Looks = {
  wall: ['#c9d6cf', '#8ba394'],
  hair: '#c9b28f',
  skin: '#f0cbb0',
  coat: '#7a3b4a',
  long: true,
  speaks: true,
}
export const peter: Looks = {
  wall: ['#dccdb8', '#a98f73'],
  hair: '#8d8d8d',
  skin: '#d9a986',
  coat: '#39424e',
}

/** Gives every page of the context a camera that shows this person, and a microphone. */
export async function lookLike(context: BrowserContext, looks: Looks): Promise<void> {
  await context.addInitScript(portray, looks)
}

// Runs in the page.
function portray(looks: Looks): void {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 })
  const at = canvas.getContext('2d')
  if (!at || !navigator.mediaDevices) return

  const oval = (x: number, y: number, width: number, height: number, colour: string | CanvasGradient) => {
    at.fillStyle = colour
    at.beginPath()
    at.ellipse(x, y, width, height, 0, 0, 2 * Math.PI)
    at.fill()
  }

  const wall = () => {
    const light = at.createLinearGradient(0, 0, 1280, 720)
    light.addColorStop(0, looks.wall[0])
    light.addColorStop(1, looks.wall[1])
    at.fillStyle = light
    at.fillRect(0, 0, 1280, 720)
    at.fillStyle = 'rgb(255 255 255 / 22%)'
    at.fillRect(930, 70, 210, 300)
    at.fillStyle = 'rgb(0 0 0 / 7%)'
    at.fillRect(120, 250, 250, 14)
    for (const [x, height] of [
      [140, 90],
      [172, 110],
      [210, 80],
      [248, 104],
      [290, 96],
    ] as const)
      at.fillRect(x, 250 - height, 24, height)
  }

  const face = (x: number, y: number) => {
    const skin = at.createRadialGradient(x - 40, y - 40, 30, x, y, 190)
    skin.addColorStop(0, looks.skin)
    skin.addColorStop(1, `color-mix(in srgb, ${looks.skin} 78%, #5a2f1c)`)
    at.fillStyle = skin
    at.fillRect(x - 48, y + 110, 96, 110)
    oval(x, y, 122, 158, skin)
    oval(x - 44, y - 8, 9, 11, '#2c2622')
    oval(x + 44, y - 8, 9, 11, '#2c2622')
    at.lineWidth = 7
    at.lineCap = 'round'
    at.strokeStyle = `color-mix(in srgb, ${looks.hair} 80%, black)`
    for (const side of [-44, 44]) {
      at.beginPath()
      at.arc(x + side, y - 8, 34, 1.25 * Math.PI, 1.75 * Math.PI)
      at.stroke()
    }
    at.strokeStyle = 'rgb(120 60 40 / 45%)'
    at.beginPath()
    at.moveTo(x, y + 12)
    at.quadraticCurveTo(x + 16, y + 40, x - 2, y + 44)
    at.stroke()
    at.strokeStyle = '#a4524a'
    at.beginPath()
    at.arc(x, y + 48, 52, 0.22 * Math.PI, 0.78 * Math.PI)
    at.stroke()
  }

  const draw = () => {
    const sway = Math.sin(performance.now() / 1400) * 6
    const [x, y] = [640 + sway, 330 + sway / 3]
    wall()
    if (looks.long) oval(x, y + 60, 172, 240, looks.hair)
    oval(x, 800, 390, 270, looks.coat)
    face(x, y)
    at.fillStyle = looks.hair
    at.beginPath()
    at.ellipse(x, y - 62, 134, 122, 0, Math.PI, 2 * Math.PI)
    at.quadraticCurveTo(x + 60, y - 120, x - 20, y - 106)
    at.quadraticCurveTo(x - 110, y - 100, x - 134, y - 62)
    at.fill()
    at.fillStyle = 'rgb(255 255 255 / 85%)'
    at.beginPath()
    at.moveTo(x - 60, y + 196)
    at.lineTo(x, y + 290)
    at.lineTo(x + 60, y + 196)
    at.lineTo(x, y + 226)
    at.fill()
  }

  const sound = () => {
    const room = new AudioContext()
    const voice = new OscillatorNode(room, { type: 'sawtooth', frequency: 170 })
    const loud = new GainNode(room, { gain: looks.speaks ? 0.3 : 0 })
    const ear = room.createMediaStreamDestination()
    voice.connect(loud).connect(ear)
    voice.start()
    return ear.stream
  }

  navigator.mediaDevices.getUserMedia = async (wanted = {}) => {
    if (wanted.audio) return sound()
    draw()
    setInterval(draw, 100)
    return canvas.captureStream(10)
  }
}
