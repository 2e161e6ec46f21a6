package httpd

import (
	"net/http"
	"time"
)

// cookieName is the session's cookie, the only cookie there is.
const cookieName = "weckruf"

func sessionOf(r *http.Request) string {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// cookie is the session's cookie without value or end. Lax, not Strict: an organiser who
// follows a link from a mail is still signed in, and every write checks its Origin anyway.
func (s *Server) cookie(r *http.Request) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.client.secure || s.client.https(r),
	}
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Token string `json:"token"`
	}
	if err := intake(w, r, &body, false); err != nil {
		return err
	}
	if body.Token == "" {
		return refuse(CodeMalformed, `the field "token" is needed`)
	}
	session, expires, err := s.opts.Accounts.SignIn(r.Context(), s.source(r), body.Token)
	if err != nil {
		return err
	}
	cookie := s.cookie(r)
	cookie.Value, cookie.Expires = session, expires
	cookie.MaxAge = int(expires.Sub(s.now()).Round(time.Second).Seconds())
	http.SetCookie(w, cookie)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// signOut works signed in or not: the browser forgets the cookie either way.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	var body struct{}
	if err := intake(w, r, &body, true); err != nil {
		return err
	}
	if err := s.opts.Accounts.SignOut(r.Context(), sessionOf(r)); err != nil {
		return err
	}
	cookie := s.cookie(r)
	cookie.MaxAge = -1
	http.SetCookie(w, cookie)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) me(w http.ResponseWriter, _ *http.Request) error {
	reply(w, http.StatusOK, struct {
		Organisation string `json:"organisation"`
	}{s.opts.Organisation.Name})
	return nil
}

func (s *Server) settings(w http.ResponseWriter, _ *http.Request) error {
	o := s.opts.Organisation
	reply(w, http.StatusOK, struct {
		Organisation     string `json:"organisation"`
		ImprintURL       string `json:"imprint_url"`
		PrivacyURL       string `json:"privacy_url"`
		AccessibilityURL string `json:"accessibility_url"`
	}{o.Name, o.ImprintURL, o.PrivacyURL, o.AccessibilityURL})
	return nil
}
