package httpd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"weckruf/gateway/internal/account"
	"weckruf/gateway/internal/fleet"
	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

// Code says what was wrong with a call, for programs. The pages translate it.
type Code string

// The codes of the API.
const (
	CodeSignedOut   Code = "signed_out"
	CodeNotFound    Code = "not_found"
	CodeMethod      Code = "wrong_method"
	CodeMalformed   Code = "malformed"
	CodeTooLarge    Code = "too_large"
	CodeTooFast     Code = "too_fast"
	CodeOrigin      Code = "wrong_origin"
	CodeInUse       Code = "in_use"
	CodeConflict    Code = "conflict"
	CodeWakeLimit   Code = "wake_limit"
	CodeOverBudget  Code = "over_budget"
	CodeNoMachine   Code = "no_machine"
	CodeUnavailable Code = "unavailable"
	CodeInternal    Code = "internal"
)

// statuses is the one place where a code becomes an HTTP status.
var statuses = map[Code]int{
	CodeSignedOut:   http.StatusUnauthorized,
	CodeNotFound:    http.StatusNotFound,
	CodeMethod:      http.StatusMethodNotAllowed,
	CodeMalformed:   http.StatusBadRequest,
	CodeTooLarge:    http.StatusRequestEntityTooLarge,
	CodeTooFast:     http.StatusTooManyRequests,
	CodeOrigin:      http.StatusForbidden,
	CodeInUse:       http.StatusConflict,
	CodeConflict:    http.StatusConflict,
	CodeWakeLimit:   http.StatusConflict,
	CodeOverBudget:  http.StatusConflict,
	CodeNoMachine:   http.StatusConflict,
	CodeUnavailable: http.StatusServiceUnavailable,
	CodeInternal:    http.StatusInternalServerError,
}

// Error is a refusal that the caller is told of. Detail is English, for developers, and holds
// nothing of what the caller sent except names of fields.
type Error struct {
	Code       Code
	Detail     string
	RetryAfter time.Duration // 0: not said
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Detail }

func refuse(code Code, format string, values ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, values...)}
}

// classify turns any error into one for the caller. What is not known becomes internal, whose
// cause the caller does not see.
func classify(err error) *Error {
	var own *Error
	var refused *fleet.Refused
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &refused):
		return &Error{Code: fromRefusal(refused.Code), Detail: "no machine can be woken now", RetryAfter: refused.RetryAfter}
	case errors.Is(err, account.ErrInvite):
		return refuse(CodeSignedOut, "the sign-in link is unknown, used or too old")
	case errors.Is(err, account.ErrSignedOut):
		return refuse(CodeSignedOut, "sign in first")
	case errors.Is(err, account.ErrTooFast):
		return &Error{Code: CodeTooFast, Detail: "too many failed attempts", RetryAfter: account.AttemptWindow}
	case errors.Is(err, room.ErrNotFound):
		return refuse(CodeNotFound, "there is no such room")
	case errors.Is(err, fleet.ErrInUse):
		return refuse(CodeInUse, "people are in the call")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return refuse(CodeUnavailable, "it took too long")
	}
	return refuse(CodeInternal, "the gateway failed; its log says more")
}

func fromRefusal(code wire.RefusalCode) Code {
	switch code {
	case wire.RefusedWakes, wire.RefusedRate:
		return CodeWakeLimit
	case wire.RefusedBudget:
		return CodeOverBudget
	}
	return CodeNoMachine
}

type errorBody struct {
	Error struct {
		Code   Code   `json:"code"`
		Detail string `json:"detail"`
	} `json:"error"`
}

// fail answers with an error. Errors that are the gateway's own are logged here, by route only.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := classify(err)
	if e.Code == CodeInternal {
		s.log.Warn("call failed", "route", routeOf(r), "err", err)
		if s.opts.Passing != nil && s.opts.Passing(err) {
			e = refuse(CodeUnavailable, "the gateway cannot do this at the moment")
		}
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	var body errorBody
	body.Error.Code, body.Error.Detail = e.Code, e.Detail
	reply(w, statuses[e.Code], body)
}
