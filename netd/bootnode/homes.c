/*
 * The homes of rooms. See homes.h.
 */
#include "netd/bootnode/homes.h"

/* Distances have this many bits after the point. */
#define POINT 26
#define ONE   (1u << POINT)

/* log2(1 + i / SEGMENTS), with POINT bits after the point. Between two of them
 * the logarithm is taken for a straight line: that makes no share wrong by more
 * than 1 in 250. */
#define SEGMENT_BITS 6
#define SEGMENTS     (1u << SEGMENT_BITS)
static const uint32_t logs[SEGMENTS + 1] = {
	0,
	1501079,
	2979239,
	4435170,
	5869532,
	7282953,
	8676036,
	10049359,
	11403474,
	12738911,
	14056177,
	15355762,
	16638134,
	17903742,
	19153019,
	20386381,
	21604229,
	22806948,
	23994909,
	25168470,
	26327977,
	27473761,
	28606143,
	29725435,
	30831934,
	31925930,
	33007703,
	34077521,
	35135648,
	36182335,
	37217828,
	38242363,
	39256169,
	40259469,
	41252479,
	42235408,
	43208457,
	44171825,
	45125701,
	46070271,
	47005714,
	47932205,
	48849915,
	49759007,
	50659643,
	51551977,
	52436163,
	53312346,
	54180672,
	55041278,
	55894303,
	56739877,
	57578130,
	58409188,
	59233172,
	60050204,
	60860398,
	61663868,
	62460725,
	63251078,
	64035030,
	64812686,
	65584145,
	66349506,
	67108864,
};

/* Returns 64 - log2(draw), for a draw that is not 0. If draws are equally
 * likely, this is an exponential variable: the least of several, each divided
 * by a weight, is the first one's as often as its weight is of all. At most
 * 64 * ONE. */
static uint64_t
distance(uint64_t draw)
{
	const unsigned int zeros = (unsigned int)__builtin_clzll(draw);
	/* Its first bit is 1; what follows is the place between two powers. */
	const uint64_t place = (draw << zeros << 1) >> (64 - POINT);
	const size_t i = place >> (POINT - SEGMENT_BITS);
	const uint64_t rest = place & (ONE / SEGMENTS - 1);
	const uint64_t log = logs[i] +
	    ((logs[i + 1] - logs[i]) * rest >> (POINT - SEGMENT_BITS));

	return (uint64_t)(zeros + 1) * ONE - log;
}

static uint64_t
first_word(const uint8_t key[SIPHASH_KEY], const void *data, size_t len)
{
	uint8_t mac[SIPHASH_MAC];
	struct getter g;

	siphash(mac, key, data, len);
	get_init(&g, mac, sizeof(mac));
	return get_u64(&g);
}

void
homes_init(struct homes *h, const uint8_t key[SIPHASH_KEY])
{
	memcpy(h->key, key, sizeof(h->key));
	h->count = 0;
}

void
homes_add(struct homes *h, uint64_t id, uint32_t capacity)
{
	struct homes_node *node = &h->nodes[h->count++];
	uint8_t bytes[sizeof(id)];
	struct putter p;

	put_init(&p, bytes, sizeof(bytes));
	put_u64(&p, id);
	*node = (struct homes_node){
		.id = id,
		.seed = first_word(h->key, bytes, sizeof(bytes)),
		.capacity = capacity,
	};
}

static bool
has(const struct homes *h, const struct homes_node *node)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->nodes[i].id == node->id)
			return h->nodes[i].capacity == node->capacity;
	return false;
}

bool
homes_equal(const struct homes *a, const struct homes *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (!has(b, &a->nodes[i]))
			return false;
	return a->count == b->count;
}

/* Returns what this node draws for the room: a word in which each bit depends
 * on every bit of both. (The last step of SplitMix64, G. L. Steele, D. Lea, C.
 * H. Flood, 2014.) The secret is in the words already, and to hash the tag for
 * each node would take ten times as long. */
static uint64_t
draw(const struct homes_node *node, uint64_t room)
{
	uint64_t z = room ^ node->seed;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	return z == 0 ? 1 : z;
}

struct ranked {
	const struct homes_node *node;
	uint64_t distance;
};

/* The products have 64 bits at most. */
_Static_assert(POINT + 6 + 32 <= 64, "the weight of a distance overflows");

static bool
is_nearer(const struct ranked *a, const struct ranked *b)
{
	const uint64_t left = a->distance * b->node->capacity;
	const uint64_t right = b->distance * a->node->capacity;

	return left != right ? left < right : a->node->id < b->node->id;
}

uint32_t
homes_name(uint64_t id)
{
	return (uint32_t)id;
}

static bool
is_skipped(const struct node_skips *skips, uint64_t id)
{
	for (size_t i = 0; skips != NULL && i < skips->count; i++)
		if (skips->names[i] == homes_name(id))
			return true;
	return false;
}

uint64_t
homes_find(const struct homes *h, const struct room_tag *tag,
    const struct node_skips *skips)
{
	const uint64_t room = first_word(h->key, tag, sizeof(*tag));
	struct ranked nearest = { NULL, 0 };

	for (size_t i = 0; i < h->count; i++) {
		const struct ranked next = { &h->nodes[i],
			distance(draw(&h->nodes[i], room)) };

		if ((nearest.node == NULL || is_nearer(&next, &nearest)) &&
		    !is_skipped(skips, next.node->id))
			nearest = next;
	}
	return nearest.node == NULL ? 0 : nearest.node->id;
}
