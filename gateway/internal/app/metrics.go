package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"weckruf/gateway/internal/fleet"
	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/link"
)

// gauges shows machines, people and refused workers to Prometheus, without anybody's identity
// and without naming a room.
type gauges struct {
	fleet *fleet.Fleet
	link  *link.Server
}

var _ prometheus.Collector = gauges{}

var (
	machinesDesc = prometheus.NewDesc("weckruf_machines", "Machines by state.", []string{"state"}, nil)
	peopleDesc   = prometheus.NewDesc("weckruf_people", "People waiting in lobbies and present in calls.", []string{"where"}, nil)
	rejectedDesc = prometheus.NewDesc("weckruf_workers_rejected_total", "Handshakes of workers that were refused.", nil, nil)
)

// Describe implements prometheus.Collector.
func (g gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{machinesDesc, peopleDesc, rejectedDesc} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (g gauges) Collect(out chan<- prometheus.Metric) {
	states := map[keeper.State]int{}
	for _, s := range keeper.States {
		states[s] = 0
	}
	waiting, present := 0, 0
	for _, m := range g.fleet.Status() {
		states[m.State]++
		waiting += m.Waiting
		present += m.Present
	}
	for state, n := range states {
		out <- prometheus.MustNewConstMetric(machinesDesc, prometheus.GaugeValue, float64(n), string(state))
	}
	out <- prometheus.MustNewConstMetric(peopleDesc, prometheus.GaugeValue, float64(waiting), "waiting")
	out <- prometheus.MustNewConstMetric(peopleDesc, prometheus.GaugeValue, float64(present), "present")
	out <- prometheus.MustNewConstMetric(rejectedDesc, prometheus.CounterValue, float64(g.link.Stats().Rejected))
}
