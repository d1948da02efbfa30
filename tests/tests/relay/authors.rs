//! A14: for whose changes the relay can vouch, over real sockets and a real disk.

use server::store::sqlite;
use shared::{
    document::MadeChange,
    ids::DocumentId,
    sync::{
        frame::{ClientFrame, RelayFrame},
        standing::Span,
    },
};
use tempfile::TempDir;
use tests::{
    access::{self, Knock},
    author::Author,
    in_process::InProcess,
    peer::Peer,
};

/// Comes in as the person whose key this author holds.
async fn enter(socket: &str, document: DocumentId, author: &Author) -> (Peer, u64) {
    let knock = access::known_as(author.person);
    let entered = Peer::enter_by(socket, document, author.person, None, &knock).await;
    let (peer, welcome) = entered.expect("the relay lets them in");
    (peer, welcome.last_seq)
}

async fn push(peer: &mut Peer, changes: &[MadeChange]) {
    let bytes = changes.iter().map(|change| change.bytes.clone()).collect();
    let batch = peer.push(bytes).await;
    let stored = peer.acknowledged(batch).await.expect("an answer");
    assert_eq!(stored.len(), changes.len());
}

/// All that the relay says is unverified.
async fn unverified(peer: &mut Peer) -> Vec<Span> {
    peer.say(&ClientFrame::Doubt { after: 0 }).await;
    loop {
        match peer.hear().await.expect("an answer") {
            RelayFrame::Unverified { spans, until } if until > 0 => return spans,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a14_whose_word_stands_behind_a_change_survives_restarts_backups_and_restores() {
    let folder = TempDir::new().unwrap();
    let backup = folder.path().join("backup.db");
    let relay = InProcess::in_folder(folder.path()).await;
    let (document, mut ada) = Author::begin(1);
    let (mut hers, _) = enter(&relay.sync(), document, &ada).await;
    push(&mut hers, ada.written()).await;
    // A colleague brings what she wrote offline: nothing is refused, nobody vouches for it.
    let bob = Author::join(2, ada.written());
    let offline = ada.add("Written offline");
    let (mut his, _) = enter(&relay.sync(), document, &bob).await;
    push(&mut his, &[offline]).await;
    let told = unverified(&mut hers).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].first, told[0].count), (2, 1));
    drop((hers, his));
    relay.stop().await.unwrap();

    sqlite::backup(folder.path(), &backup).unwrap();
    assert!(sqlite::check(folder.path()).unwrap().problems.is_empty());
    let relay = InProcess::in_folder(folder.path()).await;
    let (mut hers, _) = enter(&relay.sync(), document, &ada).await;
    assert_eq!(unverified(&mut hers).await, told);
    let after = ada.add("Written after the backup");
    push(&mut hers, std::slice::from_ref(&after)).await;
    assert_eq!(unverified(&mut hers).await, told, "this one is hers");
    drop(hers);
    relay.stop().await.unwrap();

    // What the backup lacks comes back through a colleague, who can't vouch for her.
    sqlite::restore(folder.path(), &backup).unwrap();
    let relay = InProcess::in_folder(folder.path()).await;
    let (mut his, _) = enter(&relay.sync(), document, &bob).await;
    assert_eq!(unverified(&mut his).await, told);
    push(&mut his, &[after]).await;
    let told = unverified(&mut his).await;
    assert_eq!((told[0].first, told[0].count), (2, 2));
    drop(his);
    relay.stop().await.unwrap();
}

#[tokio::test]
async fn a14_somebody_without_the_persons_key_vouches_for_nobody() {
    let relay = InProcess::start().await;
    let (document, ada) = Author::begin(1);
    let (mut hers, _) = enter(&relay.sync(), document, &ada).await;
    push(&mut hers, ada.written()).await;
    // The same id without the key, or with another one.
    let mut forger = Author::join(3, ada.written());
    forger.person = ada.person;
    let knock = Knock {
        person: Some((ada.person, access::key_of(Author::begin(9).1.person))),
        ..access::known_as(ada.person)
    };
    let entered = Peer::enter_by(&relay.sync(), document, ada.person, None, &knock).await;
    let (mut theirs, _) = entered.expect("who has the link comes in");
    push(&mut theirs, &[forger.add("In nobody's name")]).await;
    assert_eq!(unverified(&mut hers).await.len(), 1);
}
