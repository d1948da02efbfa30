//! The relay is killed again and again while people write. What it acknowledged is there each time it comes back.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, Change};
use futures_util::future::join_all;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use server::store::sqlite;
use shared::{ids::DocumentId, sync::frame::Hash};
use tests::{author::Author, peer::Peer, relay::RunningRelay};
use tokio::sync::watch;

/// How often the relay is killed; `CUTLINE_CRASH_ROUNDS` says otherwise.
const ROUNDS: u64 = 50;
/// Who write at once.
const WRITERS: u64 = 4;
/// Pushes that a writer leaves unanswered.
const IN_FLIGHT: usize = 8;

/// Somebody who keeps writing, whatever happens to the relay.
struct Writer {
    author: Author,
    acknowledged: BTreeMap<Hash, u64>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_acknowledged_changes_survive_kill_9() {
    let rounds = std::env::var("CUTLINE_CRASH_ROUNDS")
        .map_or(ROUNDS, |rounds| rounds.parse().expect("a number of rounds"));
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut relay = RunningRelay::start();
    let (document, mut writers) = writers(&relay).await;
    for round in 0..rounds {
        // The relay dies after so many acknowledgements, with as many pushes in flight as there happen to be.
        let last_breath = rng.random_range(1..25);
        let (acknowledgements, mut total) = watch::channel(0);
        let socket = relay.socket("/api/v1/sync");
        let work = writers
            .iter_mut()
            .map(|writer| writer.write(&socket, document, &acknowledgements));
        let kill = async {
            total
                .wait_for(|total| *total >= last_breath)
                .await
                .expect("the writers go on until the relay is gone");
            relay.kill();
        };
        tokio::join!(join_all(work), kill);
        relay.resume();
        check(&relay, document, &writers, round).await;
    }
    relay.stop();
    let report = sqlite::check(relay.data()).expect("the store opens");
    assert_eq!(report.problems, []);
    let acknowledged: usize = writers.iter().map(|writer| writer.acknowledged.len()).sum();
    assert!(acknowledged as u64 > rounds, "the relay was under load");
}

/// The first begins the backlog, the others join it.
async fn writers(relay: &RunningRelay) -> (DocumentId, Vec<Writer>) {
    let (document, first) = Author::begin(1);
    let begun = first.written().to_vec();
    let socket = relay.socket("/api/v1/sync");
    let (mut peer, _) = Peer::enter(&socket, document, first.person, None)
        .await
        .expect("the relay runs");
    let batch = peer.push(vec![begun[0].bytes.clone()]).await;
    peer.acknowledged(batch).await.expect("the relay runs");
    let others = (2..=WRITERS).map(|seed| Author::join(seed, &begun));
    let writers = std::iter::once(first)
        .chain(others)
        .map(|author| Writer {
            author,
            acknowledged: BTreeMap::new(),
        })
        .collect();
    (document, writers)
}

impl Writer {
    /// Sends again what was not acknowledged, then writes on until the relay is gone.
    async fn write(
        &mut self,
        socket: &str,
        document: DocumentId,
        acknowledgements: &watch::Sender<usize>,
    ) {
        let Some((mut peer, _)) = Peer::enter(socket, document, self.author.person, None).await
        else {
            return;
        };
        let mut waiting: Vec<Vec<u8>> = self
            .author
            .written()
            .iter()
            .filter(|change| !self.acknowledged.contains_key(&change.hash))
            .map(|change| change.bytes.clone())
            .rev()
            .collect();
        let mut in_flight = std::collections::VecDeque::new();
        loop {
            while in_flight.len() < IN_FLIGHT {
                let change = match waiting.pop() {
                    Some(change) => change,
                    None => {
                        let title = format!("Item {}", self.author.written().len());
                        self.author.add(&title).bytes
                    }
                };
                in_flight.push_back(peer.push(vec![change]).await);
            }
            let Some(batch) = in_flight.pop_front() else {
                return;
            };
            let Ok(stored) = peer.acknowledged(batch).await else {
                return;
            };
            assert_eq!(stored.len(), 1, "an honest change is accepted");
            for (hash, seq) in stored {
                let before = self.acknowledged.insert(hash, seq);
                assert!(
                    before.is_none_or(|before| before == seq),
                    "one number for ever"
                );
            }
            acknowledgements.send_modify(|total| *total += 1);
        }
    }
}

/// The log has no gap, holds every acknowledged change under its number, and is a document.
async fn check(relay: &RunningRelay, document: DocumentId, writers: &[Writer], round: u64) {
    let socket = relay.socket("/api/v1/sync");
    let person = writers[0].author.person;
    let (mut peer, welcome) = Peer::enter(&socket, document, person, None)
        .await
        .expect("the relay is back");
    let log = peer
        .pull(0, welcome.last_seq)
        .await
        .expect("the log can be read");
    let mut seqs = BTreeMap::new();
    for (seq, bytes) in log {
        let change = Change::from_bytes(bytes).expect("a change");
        let twice = seqs.insert(change.hash().0, seq);
        assert_eq!(twice, None, "round {round}: a change is in the log once");
    }
    for writer in writers {
        for (hash, seq) in &writer.acknowledged {
            assert_eq!(
                seqs.get(hash),
                Some(seq),
                "round {round}: an acknowledged change"
            );
        }
    }
    if round % 10 == 9 {
        rebuild(&mut peer, welcome.last_seq, seqs.keys().copied().collect()).await;
    }
}

/// The changes of the log are a whole document.
async fn rebuild(peer: &mut Peer, last_seq: u64, hashes: BTreeSet<Hash>) {
    let log = peer.pull(0, last_seq).await.expect("the log can be read");
    let changes = log.into_values().map(Change::from_bytes);
    let changes: Vec<Change> = changes.collect::<Result<_, _>>().expect("changes");
    let mut document = Automerge::new();
    // One by one would take hours for the log of hundreds of rounds, and all at once would keep gigabytes.
    for some in changes.chunks(200) {
        document.apply_changes(some.to_vec()).expect("they apply");
    }
    let applied: BTreeSet<Hash> = document
        .get_changes(&[])
        .iter()
        .map(|change| change.hash().0)
        .collect();
    assert_eq!(applied, hashes);
}
