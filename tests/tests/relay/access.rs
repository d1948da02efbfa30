//! A1–A11 over real requests and sockets: who is let in, with what, and for how long.

use serde_json::{Value, json};
use server::settings::{AccessSettings, Create};
use shared::{
    ids::{DocumentId, PersonId},
    sync::{
        access::Secret,
        frame::{ClientFrame, Goodbye, Known, RefusalCode, RelayFrame},
    },
};
use tests::{
    access::{self, Answered, Entry, Knock, join, request, ticket},
    author::Author,
    in_process::InProcess,
    peer::{Ended, Peer, hello},
};

fn secret(n: u8) -> Secret {
    format!("{n:02x}").repeat(32).parse().unwrap()
}

fn with(secret: Secret) -> Knock {
    Knock {
        secret: Some(secret),
        founds: false,
        ..Knock::default()
    }
}

/// A backlog on the relay whose owner holds the first secret, with its one change.
async fn owned(relay: &InProcess) -> (DocumentId, Author, Entry) {
    let (document, alice) = Author::begin(1);
    let knock = Knock {
        secret: Some(secret(1)),
        ..Knock::default()
    };
    let entry = join(&relay.sync(), document, &knock).await.unwrap();
    let mut peer = come_in(relay, &entry, document, alice.person).await;
    let batch = peer.push(vec![alice.written()[0].bytes.clone()]).await;
    peer.acknowledged(batch).await.unwrap();
    (document, alice, entry)
}

async fn come_in(relay: &InProcess, entry: &Entry, document: DocumentId, person: PersonId) -> Peer {
    let mut peer = Peer::with(&relay.sync(), entry).await.unwrap();
    peer.say(&hello(document, person, None)).await;
    peer.welcome().await.unwrap();
    peer
}

async fn links(
    relay: &InProcess,
    document: DocumentId,
    owner: &Entry,
    below: &str,
    body: Option<Value>,
) -> Answered {
    let path = format!("/api/v1/backlogs/{document}/links{below}");
    let method = if body.is_some() { "POST" } else { "GET" };
    let cookie = [("cookie", owner.cookie.as_str())];
    request(&relay.sync(), method, &path, &cookie, body.as_ref()).await
}

fn id(n: u8) -> String {
    char::from(b'a' + n).to_string().repeat(12)
}

/// An owner's new link with the nth secret.
async fn make(
    relay: &InProcess,
    document: DocumentId,
    owner: &Entry,
    n: u8,
    role: &str,
    expires: Option<i64>,
) -> u16 {
    let body = json!({
        "id": id(n),
        "verifier": secret(n).verifier().to_string(),
        "role": role,
        "label": format!("For {role}s"),
        "expires": expires,
    });
    links(relay, document, owner, "", Some(body)).await.status
}

async fn list(relay: &InProcess, document: DocumentId, owner: &Entry) -> Vec<(String, String)> {
    let answered = links(relay, document, owner, "", None).await;
    assert_eq!(answered.status, 200);
    let listed: Vec<Value> = serde_json::from_slice(&answered.body).unwrap();
    let text = String::from_utf8_lossy(&answered.body).into_owned();
    assert!(!text.contains("verifier"), "no hash leaves the relay");
    listed
        .iter()
        .map(|link| {
            let state = if link["revoked"].is_null() {
                "open"
            } else {
                "revoked"
            };
            (link["role"].as_str().unwrap().to_owned(), state.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn a1_whoever_brings_a_backlog_owns_it_and_makes_links() {
    let relay = InProcess::start().await;
    let (document, _, owner) = owned(&relay).await;
    assert_eq!(owner.role, "owner");
    for (n, role) in (2..).zip(["viewer", "commenter", "editor", "owner"]) {
        assert_eq!(make(&relay, document, &owner, n, role, None).await, 200);
        let entry = join(&relay.sync(), document, &with(secret(n)))
            .await
            .unwrap();
        assert_eq!(entry.role, role);
        let status = links(&relay, document, &entry, "", None).await.status;
        assert_eq!(status, if role == "owner" { 200 } else { 403 }, "{role}");
        let makes = make(&relay, document, &entry, 20 + n, "owner", None).await;
        assert_eq!(makes, if role == "owner" { 200 } else { 403 }, "{role}");
    }
    let listed = list(&relay, document, &owner).await;
    assert_eq!(listed.len(), 6);
    let again = make(&relay, document, &owner, 2, "viewer", None).await;
    assert_eq!(again, 409, "each link has an id of its own");
}

#[tokio::test]
async fn a2_roles_hold_at_the_relay_whatever_the_client_is() {
    let relay = InProcess::start().await;
    let (document, mut alice, owner) = owned(&relay).await;
    make(&relay, document, &owner, 2, "viewer", None).await;
    let entry = join(&relay.sync(), document, &with(secret(2)))
        .await
        .unwrap();
    let mut viewer = come_in(&relay, &entry, document, alice.person).await;
    let change = alice.add("By a viewer");
    let batch = viewer.push(vec![change.bytes]).await;
    loop {
        match viewer.hear_frame().await {
            RelayFrame::Refused {
                code, hash, detail, ..
            } => {
                assert_eq!((code, hash), (RefusalCode::Forbidden, change.hash));
                assert!(detail.contains("read"), "{detail}");
                break;
            }
            RelayFrame::Acknowledged { .. } => panic!("a viewer's change was taken"),
            _ => {}
        }
    }
    assert_eq!(viewer.acknowledged(batch).await, Ok(Vec::new()));
    let fresh = ticket(&relay.sync(), document, &owner.cookie)
        .await
        .unwrap();
    let mut peer = Peer::with(&relay.sync(), &fresh).await.unwrap();
    peer.say(&hello(document, alice.person, None)).await;
    assert_eq!(
        peer.welcome().await.unwrap().last_seq,
        1,
        "nothing is stored"
    );
}

#[tokio::test]
async fn a5_revoking_a_link_sends_its_people_away_at_once() {
    let relay = InProcess::start().await;
    let (document, alice, owner) = owned(&relay).await;
    make(&relay, document, &owner, 2, "editor", None).await;
    let entry = join(&relay.sync(), document, &with(secret(2)))
        .await
        .unwrap();
    let unused = ticket(&relay.sync(), document, &entry.cookie)
        .await
        .unwrap();
    let mut editor = come_in(&relay, &entry, document, alice.person).await;
    let revoked = json!({ "revoked": true });
    let answered = links(
        &relay,
        document,
        &owner,
        &format!("/{}", id(2)),
        Some(revoked),
    )
    .await;
    assert_eq!(answered.status, 200);
    let ended = Ended {
        reason: Some(Goodbye::NoAccess),
        code: Some(4403),
    };
    assert_eq!(editor.ended().await, ended);
    assert!(
        Peer::with(&relay.sync(), &unused).await.is_none(),
        "its tickets are void"
    );
    let again = ticket(&relay.sync(), document, &entry.cookie).await;
    assert_eq!(again, Err(404), "its sessions have ended");
    let again = join(&relay.sync(), document, &with(secret(2))).await;
    assert_eq!(again, Err(404));
    let listed = list(&relay, document, &owner).await;
    let open = |role: &str, state: &str| (role.to_owned(), state.to_owned());
    assert_eq!(listed, [open("owner", "open"), open("editor", "revoked")]);
}

#[tokio::test]
async fn a7_a_link_ends_when_it_expires() {
    let relay = InProcess::start().await;
    let (document, alice, owner) = owned(&relay).await;
    assert_eq!(
        make(&relay, document, &owner, 2, "editor", Some(1)).await,
        200
    );
    let late = join(&relay.sync(), document, &with(secret(2))).await;
    assert_eq!(late, Err(404));
    make(&relay, document, &owner, 3, "editor", None).await;
    let entry = join(&relay.sync(), document, &with(secret(3)))
        .await
        .unwrap();
    let mut editor = come_in(&relay, &entry, document, alice.person).await;
    let past = json!({ "expires": 1 });
    links(&relay, document, &owner, &format!("/{}", id(3)), Some(past)).await;
    assert_eq!(editor.ended().await.code, Some(4403));
}

#[tokio::test]
async fn a7_the_last_lasting_owner_stays() {
    let relay = InProcess::start().await;
    let (document, _, owner) = owned(&relay).await;
    let answered = links(&relay, document, &owner, "", None).await;
    let listed: Vec<Value> = serde_json::from_slice(&answered.body).unwrap();
    let own = format!("/{}", listed[0]["id"].as_str().unwrap());
    for change in [
        json!({ "revoked": true }),
        json!({ "expires": 9_999_999_999_999_i64 }),
    ] {
        let refused = links(&relay, document, &owner, &own, Some(change)).await;
        assert_eq!(refused.status, 409);
    }
    make(&relay, document, &owner, 2, "owner", None).await;
    let revoked = json!({ "revoked": true });
    let answered = links(&relay, document, &owner, &own, Some(revoked)).await;
    assert_eq!(answered.status, 200, "there is another one");
    assert_eq!(
        join(&relay.sync(), document, &with(secret(1))).await,
        Err(404)
    );
}

#[tokio::test]
async fn a8_a_socket_needs_a_ticket_of_its_own_for_its_own_backlog() {
    let relay = InProcess::start().await;
    let (document, alice, owner) = owned(&relay).await;
    let refused = tokio_tungstenite::connect_async(relay.sync()).await;
    assert!(refused.is_err(), "no socket without a ticket");
    let used = Peer::with(&relay.sync(), &owner).await;
    assert!(used.is_none(), "a ticket is used up by its socket");
    let fresh = ticket(&relay.sync(), document, &owner.cookie)
        .await
        .unwrap();
    let mut peer = Peer::with(&relay.sync(), &fresh).await.unwrap();
    let other = DocumentId::from_bytes([8; 16]);
    peer.say(&hello(other, alice.person, None)).await;
    assert_eq!(peer.ended().await.code, Some(4400), "another backlog's");
}

#[tokio::test]
async fn a9_nothing_tells_an_unknown_backlog_from_a_forbidden_one() {
    let relay = InProcess::start().await;
    let (document, _, _) = owned(&relay).await;
    let unknown = DocumentId::from_bytes([7; 16]);
    let knock = with(secret(9));
    let mut answers = Vec::new();
    for document in [document, unknown] {
        let path = format!("/api/v1/backlogs/{document}/join");
        let body = json!({ "secret": secret(9).to_string() });
        answers.push(request(&relay.sync(), "POST", &path, &[], Some(&body)).await);
        assert_eq!(join(&relay.sync(), document, &knock).await, Err(404));
    }
    let [forbidden, unknown] = &answers[..] else {
        panic!("two answers");
    };
    assert_eq!(forbidden.body, unknown.body);
    let without_date = |answer: &Answered| {
        let lines = answer.head.lines().map(str::to_owned);
        lines
            .filter(|line| !line.starts_with("date:"))
            .collect::<Vec<_>>()
    };
    assert_eq!(without_date(forbidden), without_date(unknown));
}

#[tokio::test]
async fn a9_wrong_secrets_are_slowed_down() {
    let relay = InProcess::start().await;
    let (document, _, _) = owned(&relay).await;
    let mut statuses = Vec::new();
    for n in 10..60 {
        statuses.push(
            join(&relay.sync(), document, &with(secret(n)))
                .await
                .unwrap_err(),
        );
    }
    assert_eq!(statuses[..30], [404; 30]);
    assert!(statuses[30..].contains(&429), "{statuses:?}");
    let right = join(&relay.sync(), document, &with(secret(1))).await;
    assert_eq!(right, Err(429), "nothing is tried meanwhile");
}

#[tokio::test]
async fn a10_who_may_bring_a_new_backlog_is_a_setting() {
    let brings = |n: u8, invite: Option<&str>| Knock {
        secret: Some(secret(n)),
        invite: invite.map(str::to_owned),
        ..Knock::default()
    };
    let document = |n: u8| DocumentId::from_bytes([n; 16]);
    let relay = InProcess::with(AccessSettings {
        create: Some(Create::Invite),
        invite: Some("open sesame".to_owned()),
        ..AccessSettings::default()
    })
    .await;
    for wrong in [None, Some(""), Some("open")] {
        let refused = join(&relay.sync(), document(1), &brings(1, wrong)).await;
        assert_eq!(refused, Err(404), "{wrong:?}");
    }
    let invited = join(&relay.sync(), document(1), &brings(1, Some("open sesame"))).await;
    assert_eq!(invited.unwrap().role, "owner");
    let later = join(&relay.sync(), document(1), &with(secret(1))).await;
    assert_eq!(later.unwrap().role, "owner", "the link alone opens it now");

    let relay = InProcess::with(AccessSettings {
        create: Some(Create::Nobody),
        invite: Some("open sesame".to_owned()),
        ..AccessSettings::default()
    })
    .await;
    let refused = join(&relay.sync(), document(1), &brings(1, Some("open sesame"))).await;
    assert_eq!(refused, Err(404));
}

#[tokio::test]
async fn a11_a_name_that_a_trusted_proxy_vouches_for_is_what_others_see() {
    let relay = InProcess::with(AccessSettings {
        identity_header: Some("remote-user".parse().unwrap()),
        trusted_proxy: vec!["127.0.0.0/8".parse().unwrap()],
        ..AccessSettings::default()
    })
    .await;
    let (document, alice, owner) = owned(&relay).await;
    let path = format!("/api/v1/backlogs/{document}/join");
    let body = json!({ "secret": secret(1).to_string() });
    let name = [("remote-user", "Grace Hopper")];
    let answered = request(&relay.sync(), "POST", &path, &name, Some(&body)).await;
    let given: Value = serde_json::from_slice(&answered.body).unwrap();
    let vouched = Entry {
        ticket: given["ticket"].as_str().unwrap().to_owned(),
        ..owner.clone()
    };
    let fresh = ticket(&relay.sync(), document, &owner.cookie)
        .await
        .unwrap();
    let mut watcher = come_in(&relay, &fresh, document, alice.person).await;
    let mut grace = come_in(&relay, &vouched, document, PersonId::from_bytes([5; 16])).await;
    grace
        .say(&ClientFrame::Presence {
            profile: shared::model::Person {
                name: "Somebody else".to_owned(),
                colour: 1,
            },
            item: None,
        })
        .await;
    loop {
        let frame = watcher.hear().await.unwrap();
        if let RelayFrame::Presence {
            present: Some(present),
            ..
        } = frame
        {
            assert_eq!(present.profile.name, "Grace Hopper");
            assert_eq!(present.known, Known::Vouched);
            break;
        }
    }
}

#[tokio::test]
async fn a6_a_person_belongs_to_who_first_held_their_key() {
    let relay = InProcess::start().await;
    let (document, alice, owner) = owned(&relay).await;
    let as_ada = |key: u8| Knock {
        person: Some((PersonId::from_bytes([5; 16]), secret(key))),
        ..with(secret(1))
    };
    let fresh = ticket(&relay.sync(), document, &owner.cookie)
        .await
        .unwrap();
    let mut watcher = come_in(&relay, &fresh, document, alice.person).await;
    for (key, known) in [
        (50, Known::Device),
        (51, Known::Claimed),
        (50, Known::Device),
    ] {
        let entry = join(&relay.sync(), document, &as_ada(key)).await.unwrap();
        let mut peer = come_in(&relay, &entry, document, PersonId::from_bytes([5; 16])).await;
        peer.say(&ClientFrame::Presence {
            profile: shared::model::Person {
                name: format!("Ada by key {key}"),
                colour: 1,
            },
            item: None,
        })
        .await;
        loop {
            let frame = watcher.hear().await.unwrap();
            if let RelayFrame::Presence {
                present: Some(present),
                ..
            } = frame
            {
                assert_eq!(present.known, known, "{key}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a12_a_backlog_without_links_opens_by_its_id_until_somebody_secures_it() {
    let relay = InProcess::start().await;
    let (document, alice) = Author::begin(1);
    let (mut peer, _) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    let batch = peer.push(vec![alice.written()[0].bytes.clone()]).await;
    peer.acknowledged(batch).await.unwrap();
    let by_id = Knock {
        founds: false,
        ..Knock::default()
    };
    let entry = join(&relay.sync(), document, &by_id).await.unwrap();
    assert_eq!(entry.role, "owner");
    let early = make(&relay, document, &entry, 3, "viewer", None).await;
    assert_eq!(early, 409, "the first link is an owner's");
    assert_eq!(make(&relay, document, &entry, 2, "owner", None).await, 201);
    assert_eq!(
        peer.ended().await.code,
        Some(4403),
        "its id opens it no more"
    );
    assert_eq!(join(&relay.sync(), document, &by_id).await, Err(404));
    let secured = join(&relay.sync(), document, &with(secret(2))).await;
    assert_eq!(secured.unwrap().role, "owner");
}

#[tokio::test]
async fn a12_a_relay_that_starts_anew_knows_its_links() {
    let folder = tempfile::TempDir::new().unwrap();
    let relay = InProcess::in_folder(folder.path()).await;
    let (document, _, owner) = owned(&relay).await;
    make(&relay, document, &owner, 2, "viewer", None).await;
    relay.stop().await.unwrap();
    let relay = InProcess::in_folder(folder.path()).await;
    let gone = ticket(&relay.sync(), document, &owner.cookie).await;
    assert_eq!(gone, Err(404), "sessions are in memory alone");
    let viewer = join(&relay.sync(), document, &with(secret(2))).await;
    assert_eq!(viewer.unwrap().role, "viewer");
    let by_id = join(&relay.sync(), document, &Knock::default()).await;
    assert_eq!(by_id, Err(404));
}

#[tokio::test]
async fn a8_a_request_of_another_site_is_refused() {
    let relay = InProcess::start().await;
    let (document, _, owner) = owned(&relay).await;
    for (path, method) in [("join", "POST"), ("ticket", "POST"), ("links", "GET")] {
        let path = format!("/api/v1/backlogs/{document}/{path}");
        let headers = [
            ("cookie", owner.cookie.as_str()),
            ("origin", "https://evil.example"),
        ];
        let body = json!({ "secret": secret(1).to_string() });
        let refused = access::request(&relay.sync(), method, &path, &headers, Some(&body)).await;
        assert_eq!(refused.status, 403, "{path}");
    }
}
