package httpd

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"weckruf/internal/wire"
)

// metrics counts by route pattern, status and code only: no label names a room, a person or
// an address, and each has few values.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	sockets  prometheus.Gauge
	opened   prometheus.Counter
	refused  *prometheus.CounterVec // sockets that were not accepted
	slow     prometheus.Counter
	faults   *prometheus.CounterVec
	refusals *prometheus.CounterVec
}

func newMetrics(registry *prometheus.Registry) (*metrics, error) {
	if registry == nil {
		registry = prometheus.NewRegistry()
	}
	m := &metrics{
		registry: registry,
		requests: counters("weckruf_http_requests_total", "Requests by route and status.", "route", "status"),
		sockets:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "weckruf_page_sockets", Help: "Open WebSockets of pages."}),
		opened:   counter("weckruf_page_sockets_opened_total", "WebSockets of pages that were accepted."),
		refused:  counters("weckruf_page_sockets_refused_total", "WebSockets of pages that were not accepted, by code.", "code"),
		slow:     counter("weckruf_page_sockets_slow_total", "WebSockets closed because the page did not read."),
		faults:   counters("weckruf_page_faults_total", "Faults that pages were told of, by code.", "code"),
		refusals: counters("weckruf_page_refusals_total", "Doors that stayed shut, by code.", "code"),
	}
	for _, c := range []prometheus.Collector{m.requests, m.sockets, m.opened, m.refused, m.slow, m.faults, m.refusals} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	return m, nil
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func (m *metrics) request(route string, status int) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
}

// sent counts what a page is told when something is not as it should be.
func (m *metrics) sent(message wire.Message) {
	if shared, many := message.(*wire.Shared); many {
		message = shared.Message
	}
	switch message := message.(type) {
	case wire.Fault:
		m.faults.WithLabelValues(string(message.Code)).Inc()
	case wire.Refusal:
		m.refusals.WithLabelValues(string(message.Code)).Inc()
	}
}

// Metrics is the handler of the second listener: /metrics and nothing else.
func (s *Server) Metrics() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}
