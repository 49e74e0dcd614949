/*
 * A fleet of nodes and many rooms: how even their homes are, how many rooms
 * another home has when a node goes, and what it takes to find one.
 *
 *	homes NODES ROOMS [HEAVY]
 *
 * HEAVY of the nodes have three times the capacity of the others. It prints the
 * rooms of the fullest node over its share, those that move over the share of
 * the node that goes, how many of those were not that node's, and the
 * nanoseconds that a home takes.
 */
#include "netd/bootnode/homes.h"

#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define CAPACITY 1000
#define HEAVIER	 3

static const uint8_t key[SIPHASH_KEY] = "a key, 16 bytes";

struct fleet {
	struct homes all, less; /* less: without the last one */
	uint64_t capacity;
	uint64_t counts[HOMES_MAX + 1];
	uint64_t moved, wrong;
};

static void
make(struct fleet *f, uint64_t nodes, uint64_t heavy)
{
	uint32_t capacity;

	homes_init(&f->all, key);
	homes_init(&f->less, key);
	for (uint64_t id = 1; id <= nodes; id++) {
		capacity = id > nodes - heavy ? CAPACITY * HEAVIER : CAPACITY;
		f->capacity += capacity;
		homes_add(&f->all, id, capacity);
		if (id != nodes)
			homes_add(&f->less, id, capacity);
	}
}

static struct room_tag
tag_of(uint64_t room)
{
	struct room_tag tag = { .bytes = { 0 } };

	memcpy(tag.bytes, &room, sizeof(room));
	return tag;
}

static void
look_at(struct fleet *f, uint64_t rooms, uint64_t nodes)
{
	for (uint64_t room = 0; room < rooms; room++) {
		const struct room_tag tag = tag_of(room);
		const uint64_t home = homes_find(&f->all, &tag, NULL);

		f->counts[home]++;
		if (homes_find(&f->less, &tag, NULL) != home) {
			f->moved++;
			f->wrong += home != nodes;
		}
	}
}

/* Returns the rooms of the node whose share is exceeded most, over that. */
static double
fullest(const struct fleet *f, uint64_t rooms)
{
	double most = 0, ratio;

	for (size_t i = 0; i < f->all.count; i++) {
		ratio = (double)f->counts[f->all.nodes[i].id] *
		    (double)f->capacity /
		    ((double)rooms * f->all.nodes[i].capacity);
		if (ratio > most)
			most = ratio;
	}
	return most;
}

static double
nanoseconds(const struct fleet *f, uint64_t rooms)
{
	const uint64_t began = clock_now();

	for (uint64_t room = 0; room < rooms; room++) {
		const struct room_tag tag = tag_of(room);

		if (homes_find(&f->all, &tag, NULL) == 0)
			return 0;
	}
	return (double)(clock_now() - began) * 1000 / (double)rooms;
}

int
main(int argc, char *argv[])
{
	static struct fleet f;
	uint64_t nodes, rooms, heavy;
	double share;

	if (argc < 3)
		return EXIT_FAILURE;
	nodes = strtoull(argv[1], NULL, 10);
	rooms = strtoull(argv[2], NULL, 10);
	heavy = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	if (nodes < 2 || nodes > HOMES_MAX || rooms == 0 || heavy > nodes)
		return EXIT_FAILURE;
	make(&f, nodes, heavy);
	look_at(&f, rooms, nodes);
	share = (double)rooms * f.all.nodes[nodes - 1].capacity /
	    (double)f.capacity;
	printf("%.4f %.4f %llu %.1f\n", fullest(&f, rooms),
	    (double)f.moved / share, (unsigned long long)f.wrong,
	    nanoseconds(&f, rooms));
	return EXIT_SUCCESS;
}
