package rtpx

// cacheSize is how many packets of a layer are kept for repetition: more than a second of a
// 720p layer.
const cacheSize = 256

// maxCached is the size in bytes of the largest packet that is kept.
const maxCached = 1500

// Cache keeps the newest packets of one layer, once for all who receive it, to repeat what a
// receiver reports missing (RFC 4585 §6.2.1). The zero value is ready.
type Cache struct {
	slots [cacheSize]cached
}

type cached struct {
	used bool
	seq  uint16
	data []byte
}

// Put keeps a copy of the packet, in place of the one cacheSize numbers before.
func (c *Cache) Put(seq uint16, packet []byte) {
	if len(packet) > maxCached {
		return
	}
	s := &c.slots[seq%cacheSize]
	s.used, s.seq, s.data = true, seq, append(s.data[:0], packet...)
}

// Get appends the packet to dst[:0]. ok is false when it is not kept.
func (c *Cache) Get(dst []byte, seq uint16) (packet []byte, ok bool) {
	s := &c.slots[seq%cacheSize]
	if !s.used || s.seq != seq {
		return dst[:0], false
	}
	return append(dst[:0], s.data...), true
}
