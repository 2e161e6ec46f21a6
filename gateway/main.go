// Gateway is the small program that is always on: it serves the pages, keeps the lobby, wakes
// and stops machines and keeps the ledger.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"weckruf/gateway/internal/app"
	"weckruf/internal/config"
)

const usage = `gateway runs a Weckruf installation.

  gateway serve  --config FILE [--first-room TITLE]
        serve pages, lobby and machines; prints a sign-in link at the start
  gateway invite --config FILE
        print a new one-time link for signing in
`

func main() {
	err := run(context.Background(), os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args, environ []string, out, errOut io.Writer) error {
	if len(args) == 0 {
		return flag.ErrHelp
	}
	flags := flag.NewFlagSet("gateway "+args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	path := flags.String("config", "", "file with the settings")
	title := flags.String("first-room", "", "make a room with this title when there is none")
	if err := flags.Parse(args[1:]); err != nil {
		return fmt.Errorf("%w\n\n%s", err, usage)
	}
	settings, err := config.Load(*path, environ)
	if err != nil {
		return err
	}
	log, err := logger(settings.Log, errOut)
	if err != nil {
		return err
	}
	switch args[0] {
	case "serve":
		return app.Serve(ctx, settings, app.Start{FirstRoom: *title, Out: out, Log: log})
	case "invite":
		return app.Invite(ctx, settings, out, log)
	default:
		return flag.ErrHelp
	}
}

func logger(settings config.Log, out io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(settings.Level)); err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level})), nil
}
