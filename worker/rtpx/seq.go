package rtpx

// Newer reports whether sequence number a comes after b, across the wrap (RFC 1982).
func Newer(a, b uint16) bool { return int16(a-b) > 0 }

// NewerTime reports whether timestamp a comes after b, across the wrap.
func NewerTime(a, b uint32) bool { return int32(a-b) > 0 }
