/** A rectangle on the stage, in CSS pixels from its upper left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Space between tiles (CSS pixels). */
export const gap = 12

// How far a camera's tile may leave 16:9 to fill the stage; its picture is cropped accordingly.
const widest = 16 / 9
const narrowest = 1.15
/** On an upright stage tiles may stand upright too, and many of them are nearly square. */
const upright = { narrowest: 0.75, widest: 4 / 3, few: 3 }

interface Range {
  readonly narrowest: number
  readonly widest: number
}

function range(count: number, width: number, height: number): Range {
  if (width >= height) return { narrowest, widest }
  return { narrowest: upright.narrowest, widest: count <= upright.few ? widest : upright.widest }
}

/** Divides the stage among n tiles of one size, the largest that fit; a last row that is not full is centred. */
export function grid(count: number, width: number, height: number): Box[] {
  if (count === 0 || width <= 0 || height <= 0) return []
  const allowed = range(count, width, height)
  let best = arrange(count, 1, width, height, allowed)
  for (let columns = 2; columns <= count; columns++) {
    const next = arrange(count, columns, width, height, allowed)
    if (next.width * next.height > best.width * best.height) best = next
  }
  return boxes(count, best, width, height)
}

interface Arrangement {
  readonly columns: number
  readonly rows: number
  readonly width: number
  readonly height: number
}

function arrange(count: number, columns: number, width: number, height: number, allowed: Range): Arrangement {
  const rows = Math.ceil(count / columns)
  const cellWidth = (width - gap * (columns - 1)) / columns
  const cellHeight = (height - gap * (rows - 1)) / rows
  const aspect = Math.max(allowed.narrowest, Math.min(allowed.widest, cellWidth / cellHeight))
  const tileWidth = Math.max(1, Math.min(cellWidth, cellHeight * aspect))
  return { columns, rows, width: tileWidth, height: tileWidth / aspect }
}

function boxes(count: number, { columns, rows, width, height }: Arrangement, w: number, h: number): Box[] {
  const top = (h - rows * height - (rows - 1) * gap) / 2
  return Array.from({ length: count }, (_, at) => {
    const row = Math.floor(at / columns)
    const inRow = row === rows - 1 ? count - row * columns : columns
    const left = (w - inRow * width - (inRow - 1) * gap) / 2
    const box = { x: left + (at % columns) * (width + gap), y: top + row * (height + gap), width, height }
    return round(box)
  })
}

/** One large picture and a strip of small ones beside it, or below it on an upright stage. */
export function spotlight(count: number, width: number, height: number): { main: Box; rest: Box[] } {
  if (count === 0) return { main: round({ x: 0, y: 0, width, height }), rest: [] }
  return width >= height ? beside(count, width, height) : below(count, width, height)
}

function beside(count: number, width: number, height: number) {
  const strip = Math.min(Math.max(160, width * 0.22), 280)
  const main = round({ x: 0, y: 0, width: width - strip - gap, height })
  const rest = grid(count, strip, height).map((box) => ({ ...box, x: box.x + width - strip }))
  return { main, rest }
}

function below(count: number, width: number, height: number) {
  // A large picture is wider than high: more height would only frame it.
  const strip = Math.max(height * 0.35, height - width * 0.8 - gap)
  const main = round({ x: 0, y: 0, width, height: height - strip - gap })
  const rest = grid(count, width, strip).map((box) => ({ ...box, y: box.y + height - strip }))
  return { main, rest }
}

function round({ x, y, width, height }: Box): Box {
  return { x: Math.round(x), y: Math.round(y), width: Math.floor(width), height: Math.floor(height) }
}
