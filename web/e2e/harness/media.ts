import { writeFileSync } from 'node:fs'

/** A colour as the camera's whole picture, in the studio range of BT.601. */
export interface Colour {
  name: string
  y: number
  u: number
  v: number
}

export const colours = {
  red: { name: 'red', y: 81, u: 90, v: 240 },
  green: { name: 'green', y: 145, u: 54, v: 34 },
  blue: { name: 'blue', y: 41, u: 240, v: 110 },
} satisfies Record<string, Colour>

export type ColourName = keyof typeof colours

/** Writes a looping camera of one colour, with a brightness that moves so that frames differ. */
export function writeCamera(path: string, colour: Colour, width = 320, height = 240): void {
  const frames = [Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)]
  for (let i = 0; i < 10; i++) {
    frames.push(Buffer.from('FRAME\n'), Buffer.alloc(width * height, colour.y + i))
    frames.push(Buffer.alloc((width * height) / 4, colour.u), Buffer.alloc((width * height) / 4, colour.v))
  }
  writeFileSync(path, Buffer.concat(frames))
}

/** Writes one second of a sine at half volume, 48 kHz mono, which the browser repeats. */
export function writeTone(path: string, hertz: number): void {
  const rate = 48_000
  const data = Buffer.alloc(rate * 2)
  for (let i = 0; i < rate; i++)
    data.writeInt16LE(Math.round(16_000 * Math.sin((2 * Math.PI * hertz * i) / rate)), i * 2)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  writeFileSync(path, Buffer.concat([head, data]))
}
