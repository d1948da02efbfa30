//! Every bound of the protocol, the gate and the room, with its reason. What depends on the machine alone (sockets,
//! queues, time-outs) stands in the relay's own `limits`. Each has a test at its edge.

/// The largest frame that either end sends or takes, in bytes (`PROTOCOL.md` W2). A socket's buffer grows to the largest
/// message it has carried, so frames stay small.
pub const FRAME_BYTES_MAX: usize = 256 * 1024;

/// How many hashes stand in one frame (R3): half of the largest frame.
pub const HASHES_PER_FRAME_MAX: usize = 4_000;

/// How many hashes one comparison takes (R4): all changes that a backlog may have.
pub const HASHES_PER_COMPARISON_MAX: u64 = 1_000_000;

/// How many bytes of changes one frame holds at most, except that it always may hold one change (W4): a page for a slow
/// link takes about a second.
pub const FRAME_CHANGES_BYTES_MAX: usize = 96 * 1024;

/// How many pushes a client leaves unanswered at most (S6): enough to fill a link while the disk works.
pub const PUSHES_IN_FLIGHT_MAX: usize = 16;

/// The longest change that is taken, in bytes, as it is sent (G1). Cutline's own stay below half of it.
pub const SENT_CHANGE_BYTES_MAX: usize = 128 * 1024;

/// The longest change that is taken, in bytes, once it is inflated (G2), so that little becomes no more than eight times
/// as much before anything else is looked at.
pub const INFLATED_CHANGE_BYTES_MAX: usize = 1024 * 1024;

/// The longest change that is stored, in bytes of its uncompressed chunk (W6): it fits into a frame.
pub const STORED_CHANGE_BYTES_MAX: usize = 192 * 1024;

/// No counter of an operation goes beyond this (G6): automerge keeps them in 32 bits.
pub const OPERATION_COUNTER_MAX: u64 = 1 << 31;

/// How many operations one change may have (G3): ten times what Cutline's own have. Seventy bytes can claim millions.
pub const CHANGE_OPERATIONS_MAX: u64 = 20_000;

/// How many changes one change may be built on (G3): more heads than a backlog ever has at once.
pub const CHANGE_DEPENDENCIES_MAX: u64 = 64;

/// How many other writers one change may refer to (G3).
pub const CHANGE_WRITERS_MAX: u64 = 64;

/// The longest message of a change, in bytes (G3).
pub const CHANGE_MESSAGE_BYTES_MAX: u64 = 1024;

/// The longest key in a change, in bytes (G3).
pub const CHANGE_KEY_BYTES_MAX: u64 = 64 * 1024;

/// How many bytes of changes a backlog's log may have (G9): twenty times those of ten thousand items that were worked
/// on for years.
pub const LOG_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// How many changes a backlog's log may have (G9): what a comparison takes.
pub const LOG_CHANGES_MAX: u64 = HASHES_PER_COMPARISON_MAX;

/// How many operations a backlog's log may have (G9): the gate keeps 24 bytes of each while people write.
pub const LOG_OPERATIONS_MAX: u64 = 4_000_000;

/// How many bytes a document's compressed parts may have once they are inflated, all together: those of a log of
/// [`LOG_BYTES_MAX`].
pub const DOCUMENT_INFLATED_BYTES_MAX: u64 = LOG_BYTES_MAX;

/// How many writers a document may have: ten a day for twenty years.
pub const DOCUMENT_WRITERS_MAX: u64 = 100_000;

/// How fast one connection may bring changes (S17), in changes and pieces of 2 KiB per second: a tenth of what the gate
/// can do.
pub const CHANGES_PACE: Pace = Pace {
    per_second: 2_000,
    at_once: 20_000,
};

/// The piece of a change that counts like another change for [`CHANGES_PACE`], in bytes.
pub const PACE_BYTES: usize = 2 * 1024;

/// How fast one connection may ask for parts of the log (S18): the longest comparison is 250 frames, and a client that
/// lags asks again each time that it has caught up.
pub const QUESTIONS_PACE: Pace = Pace {
    per_second: 20,
    at_once: 500,
};

/// A rate with room for bursts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How much is allowed per second in the long run.
    pub per_second: i64,
    /// How much is allowed at once after a pause.
    pub at_once: i64,
}

/// The largest file that can be attached to an item, in bytes (`PROTOCOL.md` F3): a long recording of a screen is more, a
/// photograph or a set of slides is not. It fits into a browser's memory twice while its hash is taken.
pub const FILE_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// How many bytes of files a relay keeps for one backlog (F3): a few hundred screenshots a year, and no more than its log
/// may have.
pub const FILES_BYTES_MAX: u64 = 200 * 1024 * 1024;

/// How many files a relay keeps for one backlog (F3): their hashes are listed in one answer, of less than 400 KiB.
pub const FILES_MAX: u64 = 5_000;

/// The longest message that is taken from a stock client, in bytes. Its protocol does not split, so this is also how
/// much work it can bring back from offline at once.
pub const DOOR_MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How many changes go to a stock client in one message: applying a thousand in one call costs it gigabytes of memory.
pub const DOOR_CHANGES_PER_MESSAGE_MAX: usize = 128;

/// How many bytes of changes go to a stock client in one message, except that it always may hold one change.
pub const DOOR_CHANGES_BYTES_PER_MESSAGE_MAX: usize = 256 * 1024;

/// How many changes may be on their way to a stock client that it has not confirmed.
pub const DOOR_UNCONFIRMED_MAX: usize = 512;

/// How many bytes of a stock client's changes are kept while those that they are built on are asked for.
pub const DOOR_HELD_BYTES_MAX: usize = 1024 * 1024;

/// How many bytes a stock client may say to the others at once (D4).
pub const DOOR_EPHEMERAL_BYTES_MAX: usize = 64 * 1024;

/// How many stock clients one room takes (D5); each costs more than one of Cutline's own.
pub const DOOR_PEERS_PER_ROOM_MAX: usize = 50;

/// How many connections one room takes (H6): a company's all-hands, not an attack.
pub const PEERS_PER_ROOM_MAX: usize = 500;

/// How many pages may be on their way to a client that has not confirmed them (S7): one being taken and one being sent.
pub const PAGES_AHEAD_MAX: usize = 2;

/// How many bytes of pushes wait in a room while an append runs (S6).
pub const ROOM_QUEUE_BYTES_MAX: usize = 32 * 1024 * 1024;
