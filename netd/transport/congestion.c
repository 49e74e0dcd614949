/*
 * Congestion control of one path. See congestion.h.
 */
#include "netd/transport/congestion.h"

#define INITIAL_PACKETS 10    /* RFC 9002, section 7.2 */
#define INITIAL_BYTES	14720 /* the same */
#define LEAST_PACKETS	2     /* the same */

/* RFC 9438, section 4.6 and 4.1: beta is 0.7, C is 0.4. */
#define BETA(n)		    ((n)*7 / 10)
#define CLIMB_MAX_MS	    100000ULL
#define FAST_CONVERGENCE(n) ((n)*17 / 20) /* (1 + beta) / 2; section 4.7 */

/* RFC 9406, section 4.3. */
#define RTT_THRESH_MIN	   (4 * USEC_PER_MSEC)
#define RTT_THRESH_MAX	   (16 * USEC_PER_MSEC)
#define RTT_DIVISOR	   8
#define RTT_SAMPLES	   8
#define CONSERVATIVE	   4 /* slow start grows by so much less, */
#define CONSERVATIVE_ROUND 5 /* for so many rounds */

#define RATE_MAX 1000000000000ULL

static uint64_t
max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t
least_window(const struct congestion *c)
{
	return LEAST_PACKETS * c->packet;
}

static void
set_window(struct congestion *c, uint64_t window)
{
	window = clock_min(window, CONGESTION_WINDOW_MAX);
	c->window = max(window, least_window(c));
}

static void
start_round(struct hystart *h, uint64_t next)
{
	h->round_end = next;
	h->least_before = h->least;
	h->least = UINT64_MAX;
	h->samples = 0;
}

void
congestion_init(struct congestion *c, size_t packet, uint64_t next)
{
	unsigned int event = c->event;

	*c = (struct congestion){ .packet = packet,
		.threshold = UINT64_MAX,
		.recovery = next,
		.event = event };
	set_window(c,
	    clock_min(INITIAL_PACKETS * packet,
		max(INITIAL_BYTES, least_window(c))));
	start_round(&c->hystart, next);
}

void
congestion_resize(struct congestion *c, size_t packet)
{
	c->packet = packet;
	set_window(c, c->window);
}

/* --- Slow start ----------------------------------------------------------- */

/* RFC 9406, section 4.2: the round trip time rises before the queue is
 * full. */
static void
watch_rtt(struct congestion *c, const struct congestion_ack *ack)
{
	struct hystart *h = &c->hystart;
	uint64_t thresh;

	if (ack->rtt > 0) {
		h->least = clock_min(h->least, ack->rtt);
		h->samples++;
	}
	if (h->samples >= RTT_SAMPLES && h->least_before != UINT64_MAX) {
		thresh = h->least_before / RTT_DIVISOR;
		thresh = clock_min(max(thresh, RTT_THRESH_MIN), RTT_THRESH_MAX);
		if (h->rounds == 0 && h->least >= h->least_before + thresh) {
			h->baseline = h->least;
			h->rounds = CONSERVATIVE_ROUND;
		} else if (h->rounds > 0 && h->least < h->baseline) {
			h->rounds = 0; /* it was a peak */
		}
	}
	if (ack->number < h->round_end)
		return;
	start_round(h, ack->next);
	if (h->rounds > 0 && --h->rounds == 0)
		c->threshold = c->window;
}

static void
slow_start(struct congestion *c, const struct congestion_ack *ack)
{
	bool conservative = c->hystart.rounds > 0;

	set_window(c,
	    c->window + ack->bytes / (conservative ? CONSERVATIVE : 1));
	watch_rtt(c, ack);
}

/* --- Congestion avoidance ------------------------------------------------- */

static uint64_t
cube_root(uint64_t n)
{
	uint64_t root = 0;

	for (uint64_t bit = 1ULL << 21; bit > 0; bit >>= 1) {
		uint64_t r = root | bit;

		if (r <= 2642245 && r * r * r <= n)
			root = r;
	}
	return root;
}

static void
start_epoch(struct congestion *c, uint64_t now)
{
	c->epoch = now;
	c->reno = c->window;
	c->climb = 0;
	if (c->window >= c->plateau) {
		c->plateau = c->window;
		return;
	}
	/* K = cbrt((W_max - cwnd) / C), in packets and seconds. */
	c->climb = clock_min(CLIMB_MAX_MS,
	    cube_root((c->plateau - c->window) * 10 / 4 * USEC_PER_SEC /
		c->packet * 1000));
}

/* W_cubic(t) = C (t - K)^3 + W_max; t in ms here. */
static uint64_t
cubic(const struct congestion *c, uint64_t t)
{
	bool below = t < c->climb;
	uint64_t off =
	    clock_min(below ? c->climb - t : t - c->climb, CLIMB_MAX_MS);
	uint64_t bytes =
	    off * off * off / USEC_PER_SEC * c->packet * 4 / 10 / 1000;

	if (!below)
		return c->plateau + bytes;
	return bytes < c->plateau ? c->plateau - bytes : 0;
}

/* RFC 9438, sections 4.2 to 4.5. */
static void
avoid(struct congestion *c, const struct congestion_ack *ack)
{
	uint64_t t, target, more;

	if (c->epoch == 0)
		start_epoch(c, ack->now);
	t = (ack->now - c->epoch) / 1000;
	target = cubic(c, t + ack->smoothed / 1000);
	target = clock_min(max(target, c->window), c->window * 3 / 2);
	more = (target - c->window) * ack->bytes / c->window;
	/* 3 (1 - beta) / (1 + beta), until it is where it was. */
	c->reno += c->packet * ack->bytes / c->window *
	    (c->reno < c->before ? 9 : 17) / 17;
	set_window(c, c->window + more);
	if (cubic(c, t) < c->reno && c->reno > c->window)
		set_window(c, c->reno);
}

void
congestion_acked(struct congestion *c, const struct congestion_ack *ack)
{
	uint64_t idle = ack->now - c->last;

	c->last = ack->now;
	if (!ack->limited) {
		/* Section 5.8: the time does not count. */
		if (c->epoch != 0)
			c->epoch = clock_min(ack->now, c->epoch + idle);
		return;
	}
	if (ack->bytes == 0)
		return;
	if (c->window < c->threshold)
		slow_start(c, ack);
	else
		avoid(c, ack);
}

/* --- Loss ----------------------------------------------------------------- */

unsigned int
congestion_lost(struct congestion *c, uint64_t number, uint64_t next)
{
	if (number < c->recovery) {
		if (c->lost == 0)
			return CONGESTION_NO_EVENT;
		c->lost++;
		return c->event;
	}
	c->undo.window = c->window;
	c->undo.threshold = c->threshold;
	c->undo.plateau = c->plateau;
	c->undo.before = c->before;
	c->event = c->event % (CONGESTION_EVENTS - 1) + 1;
	c->lost = 1;
	c->recovery = next;
	c->plateau =
	    c->window < c->plateau ? FAST_CONVERGENCE(c->window) : c->window;
	c->before = c->window;
	set_window(c, BETA(c->window));
	c->threshold = c->window;
	c->epoch = 0;
	c->hystart.rounds = 0;
	return c->event;
}

void
congestion_spurious(struct congestion *c, unsigned int event)
{
	if (event == CONGESTION_NO_EVENT || event != c->event || c->lost == 0 ||
	    --c->lost > 0)
		return;
	set_window(c, max(c->window, c->undo.window));
	c->threshold = c->undo.threshold;
	c->plateau = c->undo.plateau;
	c->before = c->undo.before;
	c->epoch = 0;
}

void
congestion_collapse(struct congestion *c)
{
	set_window(c, 0);
	c->epoch = 0;
	c->lost = 0; /* nothing to be taken back */
}

uint64_t
congestion_rate(const struct congestion *c, uint64_t smoothed)
{
	uint64_t window =
	    c->window < c->threshold ? c->window * 2 : c->window * 5 / 4;

	return clock_min(RATE_MAX,
	    window * USEC_PER_SEC / (smoothed > 0 ? smoothed : 1));
}
