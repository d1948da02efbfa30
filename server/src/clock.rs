//! The relay's clock, the only place that asks what time it is. It never goes back, even when the machine's does.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use shared::time::Timestamp;

/// Counts on from the moment it was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    started_at: Timestamp,
}

impl Clock {
    /// A clock that starts at the machine's time.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the relay asks for the time"
    )]
    #[must_use]
    pub(crate) fn start() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            started: Instant::now(),
            started_at: Timestamp::from_ms(milliseconds(since)),
        }
    }

    /// The moment it is.
    #[must_use]
    pub(crate) fn now(&self) -> Timestamp {
        self.started_at
            .plus_ms(milliseconds(self.started.elapsed()))
    }

    /// How long it is until then; nothing when it is past.
    #[must_use]
    pub(crate) fn until(&self, then: Timestamp) -> Duration {
        let ms = then.ms_since(self.now());
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }
}

/// Measures how long something takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(
        clippy::disallowed_methods,
        reason = "durations for the operator; nothing depends on them"
    )]
    #[must_use]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Since the start.
    #[must_use]
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
