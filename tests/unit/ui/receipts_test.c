/*
 * Receipts (ui/receipts.c) of a view that shows with each frame, as the tui
 * does: a text is shown once a frame that came after it is written, and not if
 * that is thrown away. output_test.c has those of lines.
 */
#include "ui/receipts.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <unistd.h>

void receipts_suite(void);

static struct view view;

static void
work(struct ui *ui)
{
	(void)ui;
}

static void
open_frames(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_PLAIN);
	view = view_plain;
	view.work = work;
	f->ui->view = &view;
}

static void
owe(struct fixture *f, uint64_t seq)
{
	struct ipc_message m = { .handle = 0x1001, .seq = seq };

	ui_owe_receipt(f->room, &m);
}

/* The receipts that go now: from this one to that one; 0: none. */
static void
expect_receipts(struct fixture *f, uint64_t first, uint64_t last)
{
	struct ipc_message_in in;

	ui_send_receipts(f->room);
	for (uint64_t seq = first; seq != 0 && seq <= last; seq++) {
		CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_RECEIPT);
		CU_ASSERT_EQUAL(((const struct ipc_receipt *)in.body)->seq,
		    seq);
	}
	fixture_expect_next(f, IPC_NONE);
}

static void
put_frame(struct fixture *f)
{
	output_put(&f->ui->out, "frame\n", 6);
	ui_shown(f->ui);
}

static void
write_frame(struct fixture *f)
{
	char bytes[64];

	CU_ASSERT_EQUAL(output_write(&f->ui->out, f->out[1]), 0);
	CU_ASSERT(read(f->out[0], bytes, sizeof(bytes)) > 0);
}

static void
test_frames(void)
{
	struct fixture f;

	open_frames(&f);
	owe(&f, 1);
	owe(&f, 2);
	expect_receipts(&f, 0, 0);
	put_frame(&f);
	expect_receipts(&f, 0, 0);
	owe(&f, 3); /* after the frame */
	write_frame(&f);
	expect_receipts(&f, 1, 2);
	put_frame(&f);
	write_frame(&f);
	expect_receipts(&f, 3, 3);
	CU_ASSERT_EQUAL(f.room->receipt_count, 0);
	fixture_close(&f);
}

/* A frame that is put out and never written shows nothing; what was written
 * before it does. */
static void
test_not_shown(void)
{
	struct fixture f;

	open_frames(&f);
	owe(&f, 1);
	put_frame(&f);
	write_frame(&f);
	owe(&f, 2);
	put_frame(&f);
	owe(&f, 3);
	ui_not_shown(f.ui);
	CU_ASSERT_FALSE(output_pending(&f.ui->out));
	expect_receipts(&f, 1, 1);
	put_frame(&f);
	expect_receipts(&f, 0, 0);
	write_frame(&f);
	expect_receipts(&f, 2, 3);
	fixture_close(&f);
}

/* They are kept in a ring, and their order is that of the texts wherever it
 * begins. */
static void
test_ring(void)
{
	struct fixture f;

	open_frames(&f);
	f.room->receipt_first = UI_RECEIPTS_MAX - 2;
	for (uint64_t seq = 1; seq <= 4; seq++)
		owe(&f, seq);
	put_frame(&f);
	write_frame(&f);
	expect_receipts(&f, 1, 4);
	CU_ASSERT_EQUAL(f.room->receipt_first, 2);
	fixture_close(&f);
}

/* A cryptod that does not read gets no more, and ui does not end of that. */
static void
test_not_read(void)
{
	struct fixture f;
	size_t queued;

	open_frames(&f);
	do {
		queued = f.room->cryptod.queued;
		while (f.room->receipt_count < UI_RECEIPTS_MAX)
			owe(&f, 1);
		put_frame(&f);
		write_frame(&f);
		ui_send_receipts(f.room);
	} while (f.room->cryptod.queued > queued || queued == 0);
	CU_ASSERT_EQUAL(f.room->receipt_count, UI_RECEIPTS_MAX);
	CU_ASSERT(f.room->cryptod.queued < IPC_QUEUE_LIMIT / 2);
	fixture_close(&f);
}

/* Nobody sees it: whoever said it hears so. */
static void
test_nobody(void)
{
	struct fixture f;

	open_frames(&f);
	f.ui->out.gone = true;
	owe(&f, 1);
	CU_ASSERT_EQUAL(f.room->receipt_count, 0);
	fixture_close(&f);
}

void
receipts_suite(void)
{
	CU_pSuite s = CU_add_suite("receipts", NULL, NULL);

	CU_add_test(s, "frames", test_frames);
	CU_add_test(s, "a frame that is not written", test_not_shown);
	CU_add_test(s, "a ring", test_ring);
	CU_add_test(s, "a reader who does not", test_not_read);
	CU_add_test(s, "nobody who looks", test_nobody);
}
