package installation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
)

// Office is an organiser who is signed in.
type Office struct {
	origin string
	client *http.Client
}

var signInLink = regexp.MustCompile(`(http://\S+)/signin#(\S+)`)

// SignIn uses the link that the gateway printed last.
func (i *Installation) SignIn(ctx context.Context) (*Office, error) {
	found := signInLink.FindAllStringSubmatch(i.Output(), -1)
	if len(found) == 0 {
		return nil, errors.New("the gateway printed no link for signing in")
	}
	last := found[len(found)-1]
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	o := &Office{origin: last[1], client: &http.Client{Jar: jar}}
	return o, o.Call(ctx, http.MethodPost, "/api/v1/signin", map[string]string{"token": last[2]}, nil)
}

// Call sends a request of the API and reads the answer into out, if it is not nil.
func (o *Office) Call(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, o.origin+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Origin", o.origin)
	request.Header.Set("Content-Type", "application/json")
	response, err := o.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(out)
}

// MachineState is the state of the only machine, as the organiser sees it.
func (o *Office) MachineState(ctx context.Context) (string, error) {
	var answer struct {
		Machines []struct {
			State string `json:"state"`
		} `json:"machines"`
	}
	if err := o.Call(ctx, http.MethodGet, "/api/v1/machines", nil, &answer); err != nil {
		return "", err
	}
	if len(answer.Machines) != 1 {
		return "", fmt.Errorf("%d machines instead of one", len(answer.Machines))
	}
	return answer.Machines[0].State, nil
}

// Enlarge gives the room of a link so many places.
func (o *Office) Enlarge(ctx context.Context, link string, places int) error {
	room, _, _ := strings.Cut(link[strings.LastIndex(link, "/")+1:], "#")
	return o.Call(ctx, http.MethodPatch, "/api/v1/rooms/"+room, map[string]int{"capacity": places}, nil)
}
