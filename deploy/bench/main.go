// Command bench measures Qunbei against the floor, in one run on one engine and one PostgreSQL with the same number of
// clients and pollers. The floor is the least workflow that waits for two signals and writes one row by a local activity,
// started eagerly without our API; ours is a case with two sequential approvals over HTTP with session, validation,
// policy, codec, deadlines, projection and audit entry. What counts is the ratio; the machine sets the rest.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

func main() {
	var o options
	flag.IntVar(&o.clients, "clients", 48, "cases under way at once")
	flag.DurationVar(&o.slice, "slice", 10*time.Second, "length of one measurement")
	flag.IntVar(&o.slices, "slices", 5, "measurements of each, in turn")
	flag.Float64Var(&o.rate, "rate", 10, "cases a second for the latency measurement")
	flag.DurationVar(&o.latency, "latency", 30*time.Second, "length of the latency measurement; 0 leaves it out")
	flag.StringVar(&o.report, "report", "", "file to write the report to; - for standard output only")
	flag.BoolVar(&o.inbox, "inbox", false, "measure the inbox with 10,000 and with 1,000,000 cases instead")
	flag.IntVar(&o.solo, "solo", 0, "start qunbei-solo itself, time its starts, run so many cases and weigh it instead")
	flag.IntVar(&o.living, "living", 0, "have so many groups live on one worker, weigh it, and time signals and dates instead")
	flag.IntVar(&o.ndas, "nda", 0, "have so many agreements signed through the API and sealed instead (two groups of 250 people at most: 500)")
	flag.StringVar(&o.data, "data", "", "folder for engine and database (default: a temporary one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatal(err)
	}
}

type options struct {
	clients, slices int
	slice, latency  time.Duration
	rate            float64
	report, data    string
	inbox           bool
	solo, living    int
	ndas            int
}

// follows is what comes after a case and is left out of the comparison, as it is of the floor.
const follows = "start_group,mail,export_history"

// settle drops what is left in the outbox, so that it does not weigh on the next measurement.
func settle(ctx context.Context, st *stack) error {
	conn, err := pgx.Connect(ctx, st.database("bench"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "UPDATE outbox SET done_at = now() WHERE done_at IS NULL")
	return err
}

// sample is one measurement of finished cases.
type sample struct {
	cases   int
	elapsed time.Duration
	cpu     map[string]time.Duration // by process
}

func (s sample) rate() float64 { return float64(s.cases) / s.elapsed.Seconds() }

func run(ctx context.Context, o options) error {
	if o.solo > 0 {
		return solo(ctx, o)
	}
	st, err := startStack(ctx, o.data)
	if err != nil {
		return err
	}
	defer st.stop()
	if o.living > 0 {
		return living(ctx, o, st)
	}
	if o.ndas > 0 {
		return ndas(ctx, o, st)
	}
	if o.inbox {
		return inbox(ctx, o, st)
	}
	fl, err := newFloor(ctx, st)
	if err != nil {
		return fmt.Errorf("set up the floor: %w", err)
	}
	defer fl.stop()
	us, err := newOurs(ctx, st, o.clients, follows)
	if err != nil {
		return fmt.Errorf("set up ours: %w", err)
	}
	log.Printf("warming up")
	for _, f := range []func(context.Context) error{fl.one, us.one} {
		if _, err := measure(ctx, st, o.clients, o.slice/2, f); err != nil {
			return err
		}
	}
	var floor, ours []sample
	for i := range o.slices {
		f, err := measure(ctx, st, o.clients, o.slice, fl.one)
		if err != nil {
			return err
		}
		u, err := measure(ctx, st, o.clients, o.slice, us.one)
		if err != nil {
			return err
		}
		log.Printf("%d: floor %.1f/s, ours %.1f/s, ratio %.2f", i+1, f.rate(), u.rate(), u.rate()/f.rate())
		floor, ours = append(floor, f), append(ours, u)
	}
	// Once more with everything that follows a case: the group's birth, mail, and the export of the history.
	st.stopService()
	if err := settle(ctx, st); err != nil {
		return err
	}
	if us, err = newOurs(ctx, st, o.clients, ""); err != nil {
		return err
	}
	if _, err := measure(ctx, st, o.clients, o.slice/2, us.one); err != nil {
		return err
	}
	whole, err := measure(ctx, st, o.clients, o.slice, us.one)
	if err != nil {
		return err
	}
	log.Printf("with all that follows: %.1f/s", whole.rate())
	if err := settle(ctx, st); err != nil {
		return err
	}
	time.Sleep(3 * time.Second)
	var lat *latencies
	if o.latency > 0 {
		if lat, err = us.latency(ctx, o.rate, o.latency); err != nil {
			return err
		}
	}
	text := report(o, st, floor, ours, whole, lat)
	fmt.Print(text)
	if o.report != "" && o.report != "-" {
		return os.WriteFile(o.report, []byte(text), 0o644)
	}
	return nil
}

func report(o options, st *stack, floor, ours []sample, whole sample, lat *latencies) string {
	var b strings.Builder
	var ratios []float64
	for i := range floor {
		ratios = append(ratios, ours[i].rate()/floor[i].rate())
	}
	fmt.Fprintf(&b, "# Floor and ours\n\n%s, %d cores, %s. Command: `%s`\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), cpuModel(), strings.Join(append([]string{"make bench ARGS='"}, append(os.Args[1:], "'")...), " "))
	fmt.Fprintf(&b, "%d clients, %d measurements of %s each, in turn; PostgreSQL with fsync. Medians, with the lowest and highest.\n\n", o.clients, o.slices, o.slice)
	fmt.Fprintf(&b, "| | cases/s | CPU ms a case |\n|---|---|---|\n")
	for _, row := range []struct {
		name string
		s    []sample
	}{{"floor", floor}, {"ours", ours}} {
		var rates, cpu []float64
		for _, s := range row.s {
			rates = append(rates, s.rate())
			total := time.Duration(0)
			for _, c := range s.cpu {
				total += c
			}
			cpu = append(cpu, total.Seconds()*1000/float64(s.cases))
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", row.name, spread(rates, 1), spread(cpu, 1))
	}
	all := time.Duration(0)
	for _, c := range whole.cpu {
		all += c
	}
	fmt.Fprintf(&b, "| ours, and all that follows: birth of the group, mail, export | %.1f | %.1f |\n", whole.rate(), all.Seconds()*1000/float64(whole.cases))
	fmt.Fprintf(&b, "\n**Ratio %s** (at least 0.70 is asked)\n\n", spread(ratios, 2))
	fmt.Fprintf(&b, "Where it goes, CPU ms a case by process:\n\n| process | floor | ours |\n|---|---|---|\n")
	for _, p := range st.processes() {
		per := func(all []sample) float64 {
			var v []float64
			for _, s := range all {
				v = append(v, s.cpu[p].Seconds()*1000/float64(s.cases))
			}
			return median(v)
		}
		fmt.Fprintf(&b, "| %s | %.1f | %.1f |\n", p, per(floor), per(ours))
	}
	if lat != nil {
		fmt.Fprintf(&b, "\nAt %.0f cases a second for %s (%d decisions, %d of them seen in the next approver's inbox):\n\n| | p50 ms | p95 ms | p99 ms | max ms |\n|---|---|---|---|---|\n", o.rate, o.latency, len(lat.answer), len(lat.inbox))
		for _, row := range []struct {
			name string
			d    []time.Duration
		}{{"submission answered", lat.submit}, {"decision answered", lat.answer}, {"… and in the next approver's inbox", lat.inbox}} {
			slices.Sort(row.d)
			fmt.Fprintf(&b, "| %s | %.0f | %.0f | %.0f | %.0f |\n", row.name, at(row.d, 0.5), at(row.d, 0.95), at(row.d, 0.99), at(row.d, 1))
		}
	}
	return b.String()
}

func at(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := min(int(q*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[i].Microseconds()) / 1000
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}

func spread(v []float64, digits int) string {
	return fmt.Sprintf("%.*f (%.*f-%.*f)", digits, median(v), digits, slices.Min(v), digits, slices.Max(v))
}

func cpuModel() string {
	raw, _ := os.ReadFile("/proc/cpuinfo")
	for _, line := range strings.Split(string(raw), "\n") {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
			return strings.TrimSpace(v)
		}
	}
	return runtime.GOARCH
}
