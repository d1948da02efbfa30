//! A14: a name that nobody vouches for is marked.

use shared::{
    document::Backlog,
    ids::{CommentId, ItemId, PersonId, RecordId},
    intent::Intent,
    model::{Collection, Thing},
    sync::{access::Secret, frame::RelayFrame},
};
use tests::{
    access::{self, Knock},
    browser::{PHONE, Person, any},
    pages::BacklogPage,
    peer::Peer,
    relay::RunningRelay,
};

use crate::releases;

/// An editor with a program of their own: they come in under an own name that they prove, and write in the name of whoever
/// made the first item.
#[tokio::main(flavor = "current_thread")]
async fn forges(socket: &str, link: &str, what: impl Fn(PersonId, ItemId) -> Intent) {
    let (address, secret) = link.split_once("#k=").expect("a link has a secret");
    let document = address.rsplit('/').next().expect("an address");
    let document = document.parse().expect("a backlog's id");
    let mallory = PersonId::from_bytes([66; 16]);
    let knock = Knock {
        secret: Some(secret.parse::<Secret>().expect("a secret")),
        person: Some((mallory, access::key_of(mallory))),
        founds: false,
        ..Knock::default()
    };
    let entered = Peer::enter_by(socket, document, mallory, None, &knock).await;
    let (mut peer, welcome) = entered.expect("who has the link comes in");
    let log = peer.pull(0, welcome.last_seq).await.expect("the log");
    let mut reading = Backlog::unknown(mallory, [66; 16]);
    for change in log.values() {
        reading.absorb(change, false).expect("a change");
    }
    reading.read_all().expect("a backlog");
    let item = reading.rows().next().expect("an item").id;
    let detail = reading.detail(item).expect("the item");
    let victim = detail.created_by.expect("a person").person;
    // The library takes any author.
    let known = reading.save();
    let mut forging = Backlog::load(&known, victim, [67; 16]).expect("just saved");
    forging.read_all().expect("a backlog");
    let mut rng = rand::rng();
    let now = reading.row(item).expect("its row").touched.plus_ms(1);
    let intent = what(victim, item);
    let mut plan = forging.plan(&intent, now, &mut rng).expect("a plan");
    let made = forging.perform(&mut plan, now, &mut rng);
    let made = made.expect("a change").expect("one change");
    let batch = peer.push(vec![made.bytes]).await;
    loop {
        match peer.hear().await.expect("an answer") {
            RelayFrame::Refused { detail, .. } => panic!("refused: {detail}"),
            RelayFrame::Acknowledged {
                batch: answered, ..
            } if answered == batch => return,
            _ => {}
        }
    }
}

#[test]
fn a14_a_forged_comment_is_marked_and_an_honest_one_is_not() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    let panel = page.open_item("one");
    panel.comment("This is me");
    panel.reads("This is me");
    page.is_saved();
    let link = page.link();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &link);
    let his_panel = other.open_item("one");
    his_panel.comment("And this is Bob");
    panel.reads("And this is Bob");

    forges(&relay.socket("/api/v1/sync"), &link, |_, item| {
        let text = "This is not her".to_owned();
        Intent::AddComment {
            item,
            id: CommentId::random(&mut rand::rng()),
            text,
        }
    });
    for (tab, panel) in [(&hers, panel), (&his, his_panel)] {
        panel.reads("This is not her");
        let comments = tab.find("region", "Comments");
        let marks = || {
            let marked = "function() { return [...this.querySelectorAll('li.comment')].filter(one => one.querySelector('.unverified')).map(one => one.querySelector('.prose').innerText.trim()) }";
            comments.call(marked, &[])
        };
        assert_eq!(marks(), serde_json::json!(["This is not her"]));
    }
    // Pressing the mark says what it means; it is kept without the relay.
    let mark = || {
        let comments = hers.find("region", "Comments");
        comments.find("list", any()).find("button", "unverified")
    };
    mark().click();
    hers.sees("somebody who used their name");
    hers.reload();
    page.is_shown().open_item("one").reads("This is not her");
    mark().appears();
}

#[test]
fn a14_a_forged_sign_off_is_marked() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.is_saved();
    forges(
        &relay.socket("/api/v1/sync"),
        &page.link(),
        |victim, item| {
            let set = |key: &str, value: String| (key.to_owned(), Some(value.into()));
            Intent::Put {
                thing: Thing::Record(Collection::Releases, RecordId::random(&mut rand::rng())),
                values: vec![
                    set("name", "2.0".to_owned()),
                    set("signed:pm", format!("{victim} 0 {item}=-")),
                ],
            }
        },
    );
    page.shows_screen("Releases");
    releases::open(page, "2.0");
    let signs = hers.find("group", "Sign-offs of the scope");
    signs.reads("Product management: signed by");
    hers.on(PHONE);
    let beside = "(([icon, words]) => icon.right <= words.left)\
        ([...document.querySelector('.sign').children].map(part => part.getBoundingClientRect()))";
    assert_eq!(
        hers.value(beside),
        true,
        "long words wrap beside their icon"
    );
    signs.find("button", "unverified").click();
    hers.sees("somebody who used their name");
}
