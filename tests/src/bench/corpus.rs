//! Real changes of a real-sized backlog, made before the clock starts: a founder's backlog, and edits that each client
//! makes on it under an actor of their own.

use automerge::{
    ActorId, Author, AutoCommit, ObjId, ObjType, ROOT, ReadDoc, transaction::Transactable,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shared::ids::{DocumentId, ItemId, PersonId};

/// How many items stand in one change of the founder.
const ITEMS_PER_CHANGE: usize = 100;

/// How many buckets the items are spread over, as in every backlog.
const BUCKETS: u8 = 128;

/// A backlog and what will happen to it.
#[derive(Debug)]
pub struct Corpus {
    /// The backlog.
    pub document: DocumentId,
    /// Who made it.
    pub founder: PersonId,
    /// The founder's changes, in order.
    pub founding: Vec<Vec<u8>>,
    /// Who edits, and their changes in order.
    pub editors: Vec<Editor>,
}

/// Somebody who edits.
#[derive(Debug)]
pub struct Editor {
    /// Who.
    pub person: PersonId,
    /// Their changes, in order; each depends on the founding and their former ones.
    pub changes: Vec<Vec<u8>>,
}

impl Corpus {
    /// A backlog of so many items, and so many edits by each of so many editors.
    #[must_use]
    pub fn new(seed: u64, items: usize, editors: usize, edits_each: usize) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let document = DocumentId::random(&mut rng);
        let founder = PersonId::random(&mut rng);
        let mut backlog = writer(AutoCommit::new(), founder, &mut rng);
        let (founding, made) = found(&mut backlog, items, &mut rng);
        let editors = (0..editors)
            .map(|_| {
                let person = PersonId::random(&mut rng);
                let mut own = writer(backlog.fork(), person, &mut rng);
                let changes = (0..edits_each)
                    .map(|_| edit(&mut own, &made, &mut rng))
                    .collect();
                Editor { person, changes }
            })
            .collect();
        Self {
            document,
            founder,
            founding,
            editors,
        }
    }
}

fn writer(document: AutoCommit, person: PersonId, rng: &mut impl Rng) -> AutoCommit {
    let actor: [u8; 16] = rng.random();
    document
        .with_actor(ActorId::from(&actor[..]))
        .with_author(Some(Author::from(person.as_bytes().to_vec())))
}

fn found(backlog: &mut AutoCommit, items: usize, rng: &mut impl Rng) -> (Vec<Vec<u8>>, Vec<ObjId>) {
    let mut changes = Vec::new();
    set(backlog, &ROOT, "schema", 1_i64);
    let map = nested(backlog, &ROOT, "items");
    let buckets: Vec<ObjId> = (0..BUCKETS)
        .map(|bucket| nested(backlog, &map, &format!("{bucket:02x}")))
        .collect();
    changes.push(last_change(backlog));
    let mut made = Vec::with_capacity(items);
    for number in 0..items {
        let id = ItemId::random(rng);
        let bucket = &buckets[number % buckets.len()];
        let item = nested(backlog, bucket, id.as_str());
        set(backlog, &item, "kind", "story");
        set(
            backlog,
            &item,
            "title",
            format!("As a planner I want to see item {number} in its place").as_str(),
        );
        set(backlog, &item, "status", "todo");
        set(backlog, &item, "place", "product");
        set(
            backlog,
            &item,
            "estimate",
            f64::from(rng.random_range(1..13_u8)),
        );
        let rank = nested(backlog, &item, "rank");
        set(
            backlog,
            &rank,
            "product",
            format!("{:06}", number * 100).as_str(),
        );
        made.push(item);
        if (number + 1) % ITEMS_PER_CHANGE == 0 || number + 1 == items {
            changes.push(last_change(backlog));
        }
    }
    (changes, made)
}

/// One edit, as people make them while they refine: a new rank, a new estimate or a few more words in a title.
fn edit(own: &mut AutoCommit, items: &[ObjId], rng: &mut impl Rng) -> Vec<u8> {
    let item = &items[rng.random_range(0..items.len())];
    match rng.random_range(0..3_u8) {
        0 => {
            let rank = own
                .get(item, "rank")
                .ok()
                .flatten()
                .map(|(_, id)| id)
                .expect("every item has a rank");
            set(
                own,
                &rank,
                "product",
                format!("{:06}", rng.random_range(0..1_000_000_u32)).as_str(),
            );
        }
        1 => set(own, item, "estimate", f64::from(rng.random_range(1..13_u8))),
        _ => set(
            own,
            item,
            "title",
            format!("Refined to {}", ItemId::random(rng)).as_str(),
        ),
    }
    // A value that is there already makes no change: another edit then.
    if own.pending_ops() == 0 {
        return edit(own, items, rng);
    }
    last_change(own)
}

fn nested(document: &mut AutoCommit, parent: &ObjId, key: &str) -> ObjId {
    document
        .put_object(parent, key, ObjType::Map)
        .expect("the parent is a map")
}

fn set(
    document: &mut AutoCommit,
    object: &ObjId,
    key: &str,
    value: impl Into<automerge::ScalarValue>,
) {
    document
        .put(object, key, value)
        .expect("the object is a map");
}

fn last_change(document: &mut AutoCommit) -> Vec<u8> {
    document.commit();
    document
        .get_last_local_change()
        .expect("a change was just made")
        .raw_bytes()
        .to_vec()
}
