//! Every bound of the relay that is not part of the wire protocol, with its reason; those are in `shared::limits`.

use std::time::Duration;

/// Frames waiting for one peer: a page of changes for a slow link, and a few seconds of a busy meeting.
pub const QUEUE_FRAMES_MAX: usize = 256;

/// Bytes waiting for one peer: with a thousand stalled peers still a gigabyte at most.
pub const QUEUE_BYTES_MAX: usize = 1 << 20;

/// Events waiting for a room. When it is full, sockets are not read, which slows their senders down.
pub const ROOM_EVENTS_MAX: usize = 256;

/// Connections to one backlog: a company's all-hands, not an attack.
pub const PEERS_PER_BACKLOG_MAX: usize = 500;

/// Connections in all: at 32 KiB each, less than a common machine's memory and its default of open files.
pub const CONNECTIONS_MAX: usize = 10_000;

/// Connections from one address: an office behind one of them, in the same meeting.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 500;

/// Backlogs that a relay holds: a large company's, at a few megabytes each less than a common disk.
pub const BACKLOGS_MAX: u64 = 100_000;

/// Connections of stock Automerge clients in all; each costs more than one of Cutline's own.
pub const DOOR_CONNECTIONS_MAX: usize = 500;

/// Backlogs that one stock client may have open on its connection.
pub const BACKLOGS_PER_DOOR_MAX: usize = 32;

/// How long a new connection may take to say who it is.
pub const HANDSHAKE: Duration = Duration::from_secs(10);

/// Files on their way in or out at once: an office that opens a meeting's items together. Each takes 320 KiB at most.
pub const TRANSFERS_MAX: usize = 500;

/// How many chunks of a file that comes in wait for the disk at once: they share a commit, and no more than a page's
/// worth of anybody else's work has to wait for them.
pub const CHUNKS_WAITING_MAX: usize = 4;

/// A file of which nothing came for so long is given up.
pub const UPLOAD_SILENCE_MAX: Duration = Duration::from_secs(30);

/// How often a connection is asked for a sign of life.
pub const PING_EVERY: Duration = Duration::from_secs(20);

/// A connection that sent nothing for so long, not even an answer to a ping, is gone.
pub const SILENCE_MAX: Duration = Duration::from_secs(45);

/// A peer that takes none of its queue for so long does not keep up.
pub const SEND: Duration = Duration::from_secs(20);

/// How long a closed connection may take to agree before it is cut.
pub const CLOSE: Duration = Duration::from_secs(3);

/// A backlog that nobody has open leaves memory after this time; a reload of a page should not open it twice.
pub const ROOM_IDLE: Duration = Duration::from_secs(30);

/// What a connection reads at once. The library's default of 128 KiB would be taken by every idle connection.
pub const READ_BUFFER_BYTES: usize = 4096;

/// Documents that are loaded at once to make snapshots: each takes a core and the document's memory.
pub const COMPACTIONS_AT_ONCE: usize = 2;

/// Bytes of changes read at once while a snapshot is made.
pub const COMPACTION_READ_BYTES: usize = 1 << 20;

/// TLS handshakes under way at once: each costs about a millisecond of a core and some kilobytes. More wait in the
/// kernel's queue.
pub const HANDSHAKES_AT_ONCE: usize = 128;

/// How long accepting pauses when it failed: usually for want of file handles, which others give back meanwhile.
pub const ACCEPT_AGAIN: Duration = Duration::from_millis(500);
