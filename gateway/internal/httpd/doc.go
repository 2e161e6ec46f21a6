// Package httpd is the gateway's HTTP side: the pages, the JSON API, the WebSocket of the pages
// and the door for workers, with net/http and nothing above it.
//
// Invariants:
//   - No GET and no HEAD changes anything, and neither does an open WebSocket: mail scanners run
//     scripts and chat programs look at links.
//   - Every write needs the gateway's own Origin.
//   - One place (status) maps errors to HTTP statuses.
//   - No log line and no metric holds an address, a name, a token, a query or a path with its
//     values: routes are named by their pattern.
//   - A page that does not read what it is sent is closed; it never makes the room wait.
package httpd
