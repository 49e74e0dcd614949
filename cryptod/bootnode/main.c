/*
 * gochat-cryptod-bootnode: holds a bootnode's key and those of its clients'
 * channels, and nothing else. It opens its key file, jails itself, and only
 * then reads the first byte that somebody else wrote.
 */
#include "common/child.h"
#include "common/filter_table.h"
#include "cryptod/bootnode/keyring.h"
#include "cryptod/bootnode/run.h"
#include "cryptod/identity.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <unistd.h>

/* Maps the state that was given, and closes its file. Whatever is wrong with it
 * is told once it is to be read. */
static struct kept_memory
map_kept(void)
{
	struct kept_memory memory = { .bytes = NULL };
	struct stat st;
	void *p = MAP_FAILED;

	if (fstat(FD_KEPT, &st) == 0 && st.st_size > 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED,
		    FD_KEPT, 0);
	if (p != MAP_FAILED) {
		memory.bytes = p;
		memory.len = (size_t)st.st_size;
	}
	close(FD_KEPT);
	return memory;
}

int
main(void)
{
	struct child child;
	struct ipc_config_cryptod config = { 0 };
	struct cryptod_bootnode_start start = { .access_fd = FD_ACCESS };
	struct x25519_key *key;

	child_start(&child, PROCESS_CRYPTOD_BOOTNODE, IPC_CONFIG_CRYPTOD,
	    &config, sizeof(config), &config.mode);
	crypto_init(cryptod_bootnode_heap(config.max_sessions));
	key = crypto_secret_alloc(sizeof(*key));
	start.fresh = identity_load(key, FD_STATE_DIR, BOOTNODE_KEY_FILE);
	start.key = key;
	close(FD_STATE_DIR);
	start.access =
	    keyring_read(FD_ACCESS, config.access_part, config.access);
	start.slots = config.max_sessions + SLOTS_RESERVE;
	start.kept = config.kept;
	if (start.kept)
		start.memory = map_kept();
	child_enter_sandbox(&child, &filter_cryptod_bootnode);
	cryptod_bootnode_run(&child, &start);
}
