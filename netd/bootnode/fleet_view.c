/*
 * Who lives in a fleet. See fleet_view.h.
 */
#include "netd/bootnode/fleet_view.h"

void
fleet_view_init(struct fleet_view *v, const struct fleet_record *self)
{
	memset(v, 0, sizeof(*v));
	v->count = 1;
	v->nodes[0].lives = true;
	fleet_view_own(v, self);
}

void
fleet_view_own(struct fleet_view *v, const struct fleet_record *self)
{
	v->nodes[0].record = *self;
}

/* Another netd was given our addresses, or an old record of ours is shown: that
 * one does not come with a higher sequence each time. */
static enum sight
saw_own(struct fleet_view *v, const struct fleet_record *r)
{
	const bool again = v->twin_incarnation == r->incarnation;
	const bool newer = r->sequence > v->twin_sequence;

	if (r->incarnation == v->nodes[0].record.incarnation)
		return SIGHT_NOTHING;
	if (again && !newer)
		return SIGHT_NOTHING;
	v->twin_incarnation = r->incarnation;
	v->twin_sequence = r->sequence;
	return again ? SIGHT_TWIN : SIGHT_NOTHING;
}

static struct fleet_node *
find(struct fleet_view *v, uint64_t id)
{
	for (size_t i = 1; i < v->count; i++)
		if (v->nodes[i].record.id == id)
			return &v->nodes[i];
	return NULL;
}

/* Returns a place for one more node, or NULL. */
static struct fleet_node *
add(struct fleet_view *v)
{
	if (v->count < FLEET_NODES_MAX)
		return &v->nodes[v->count++];
	for (size_t i = 1; i < v->count; i++)
		if (!v->nodes[i].lives)
			return &v->nodes[i];
	return NULL;
}

enum sight
fleet_view_saw(struct fleet_view *v, uint64_t now, const struct fleet_record *r)
{
	struct fleet_node *node;
	bool lived;

	if (r->id == v->nodes[0].record.id)
		return saw_own(v, r);
	node = find(v, r->id);
	lived = node != NULL && node->lives;
	if (node != NULL && !fleet_record_newer(r, &node->record))
		return SIGHT_NOTHING;
	if (node == NULL)
		node = add(v);
	if (node == NULL)
		return SIGHT_FULL;
	*node = (struct fleet_node){ *r, now, true };
	return lived ? SIGHT_AGAIN : SIGHT_CAME;
}

void
fleet_view_told(struct fleet_view *v, const struct fleet_record *r)
{
	if (v->round_at == 0)
		fleet_view_saw(v, 0, r);
}

static void
forget(struct fleet_view *v, uint64_t now)
{
	for (size_t i = v->count - 1; i > 0; i--)
		if (!v->nodes[i].lives && now - v->nodes[i].seen > NODE_KNOWN)
			v->nodes[i] = v->nodes[--v->count];
}

void
fleet_view_round(struct fleet_view *v, uint64_t now)
{
	if (v->round_at == 0 || now - v->round_at > ENGINE_GAP)
		for (size_t i = 1; i < v->count; i++)
			if (v->nodes[i].lives)
				v->nodes[i].seen = now;
	v->round_at = now;
	forget(v, now);
}

const struct fleet_node *
fleet_view_lost(struct fleet_view *v)
{
	for (size_t i = 1; i < v->count; i++) {
		struct fleet_node *node = &v->nodes[i];

		if (node->lives && v->round_at > node->seen + NODE_LIVES) {
			node->lives = false;
			return node;
		}
	}
	return NULL;
}

const struct fleet_node *
fleet_view_find(const struct fleet_view *v, uint64_t id)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->nodes[i].lives && v->nodes[i].record.id == id)
			return &v->nodes[i];
	return NULL;
}

size_t
fleet_view_living(const struct fleet_view *v)
{
	size_t living = 0;

	for (size_t i = 0; i < v->count; i++)
		living += v->nodes[i].lives;
	return living;
}

static void
add_homes(const struct fleet_view *v, struct homes *h, bool drain)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct fleet_node *node = &v->nodes[i];

		if (node->lives && (drain || !node->record.drains))
			homes_add(h, node->record.id, node->record.capacity);
	}
}

void
fleet_view_homes(const struct fleet_view *v, struct homes *h,
    const uint8_t key[SIPHASH_KEY])
{
	homes_init(h, key);
	add_homes(v, h, false);
	if (h->count == 0)
		add_homes(v, h, true);
}
