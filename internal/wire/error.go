package wire

// Code says what was wrong with a message or a request, for programs. The pages translate it.
type Code string

// The codes of a Fault and of a Reject.
const (
	CodeMalformed    Code = "malformed"     // not JSON, a field missing or out of range
	CodeTooLarge     Code = "too_large"     // over the direction's limit
	CodeUnknownType  Code = "unknown_type"  // no such message in this direction
	CodeVersion      Code = "version"       // the peer's protocol version is not spoken here
	CodeTooFast      Code = "too_fast"      // over the rate limit
	CodeOutOfOrder   Code = "out_of_order"  // not allowed in this state, e.g. an offer before Ready
	CodeNotAllowed   Code = "not_allowed"   // the role may not do this
	CodeBadOffer     Code = "bad_offer"     // SDP that does not parse or offers too much
	CodeUnavailable  Code = "unavailable"   // cannot be done at the moment, try again
	CodeUnknownKey   Code = "unknown_key"   // a worker whose key nobody knows
	CodeBadSignature Code = "bad_signature" // a worker that does not hold the key
	CodeStaleEpoch   Code = "stale_epoch"   // a worker of an earlier power-on
	CodeEpochTaken   Code = "epoch_taken"   // a second worker for the same power-on
	CodeNotExpected  Code = "not_expected"  // a worker of a machine that should not run
)

// Error is a fault of the peer: it may be told to the peer and never holds personal data.
type Error struct {
	Code   Code
	Re     string // type of the message at fault, if known
	Detail string // for the log and for developers, in English
}

func (e *Error) Error() string {
	text := string(e.Code)
	if e.Re != "" {
		text += " in " + e.Re
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// Fault is the message that tells the peer of e.
func (e *Error) Fault() Fault { return Fault{Code: e.Code, Re: e.Re, Detail: e.Detail} }
