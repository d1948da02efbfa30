//! One WebSocket of Cutline's own protocol: bytes to the room and frames back. Decides nothing about either.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures_util::{
    Sink as _, StreamExt,
    stream::{SplitSink, SplitStream},
};
use shared::sync::{
    frame::Goodbye,
    room::{Class, Event, Farewell, Hello},
};
use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{Shared, access::Pass};
use crate::{
    limits::{CLOSE, HANDSHAKE, PING_EVERY, SEND, SILENCE_MAX},
    rooms::{Seat, outbox::Outgoing},
};

/// The sending half of a socket, held while a run of messages is sent.
pub(super) type Sink = SplitSink<WebSocket, Message>;
/// The receiving half of a socket.
pub(super) type Stream = SplitStream<WebSocket>;

/// Serves one connection to its end.
pub(super) async fn serve(socket: WebSocket, shared: Shared, pass: Arc<Pass>) {
    let (sink, mut stream) = socket.split();
    let sink = Arc::new(Mutex::new(sink));
    match enter(&mut stream, &shared, &pass).await {
        Ok(seat) => {
            let seat = Arc::new(seat);
            // In a task of its own: what is sent to many wakes nobody's reading.
            let mut writer = JoinSet::new();
            let (own_sink, own_seat) = (Arc::clone(&sink), Arc::clone(&seat));
            writer.spawn(async move { write(&own_sink, &own_seat).await });
            tokio::select! {
                () = read(&mut stream, &seat) => {}
                Some(_) = writer.join_next() => drain(&mut stream).await,
                () = expiry(&shared, &pass) => {
                    writer.shutdown().await;
                    say_farewell(&sink, no_access()).await;
                    drain(&mut stream).await;
                }
            }
        }
        Err(Some(farewell)) => {
            say_farewell(&sink, farewell).await;
            drain(&mut stream).await;
        }
        Err(None) => {}
    }
}

/// Takes a place in the room that the first frame names. No farewell for somebody who is gone already.
async fn enter(
    stream: &mut Stream,
    shared: &Shared,
    pass: &Pass,
) -> Result<Seat, Option<Farewell>> {
    let late = || {
        Farewell::new(
            Goodbye::Malformed,
            "No Hello came in time after the connection was opened.",
        )
    };
    let first = timeout(HANDSHAKE, receive(stream)).await;
    let hello = match first {
        Err(_) => return Err(Some(late())),
        Ok(Received::Gone) => return Err(None),
        Ok(Received::Unreadable) => return Err(Some(unreadable())),
        Ok(Received::Bytes(bytes)) => Hello::read(&bytes).map_err(Some)?,
    };
    if hello.document != pass.document {
        let detail = "The ticket is for another backlog.";
        return Err(Some(Farewell::new(Goodbye::Malformed, detail)));
    }
    let event = |peer| Event::Joined {
        peer,
        hello: hello.clone(),
        grant: pass.grant.clone(),
    };
    let joined = shared.rooms.join(hello.document, event).await;
    let seat = joined.map_err(Some)?;
    // A link that was revoked while its visitor was on the way in has told the room before they were there.
    if pass.is_good(shared.access.now()) {
        Ok(seat)
    } else {
        Err(Some(no_access()))
    }
}

/// Waits until the link ends, if it ever does.
pub(super) async fn expiry(shared: &Shared, pass: &Pass) {
    match pass.ends {
        Some(ends) => tokio::time::sleep(shared.access.until(ends)).await,
        None => std::future::pending().await,
    }
}

fn no_access() -> Farewell {
    Farewell::new(
        Goodbye::NoAccess,
        "The link that you came by opens this backlog no more. Ask an owner for another one.",
    )
}

/// Brings frames to the room until the client is gone. One that can't be read ends this connection and no other.
async fn read(stream: &mut Stream, seat: &Seat) {
    loop {
        let said = match receive(stream).await {
            Received::Bytes(bytes) => {
                let event = Event::Frame {
                    peer: seat.peer(),
                    bytes: bytes.into(),
                };
                seat.say(event).await
            }
            Received::Unreadable => {
                let farewell = unreadable();
                let frame = Bytes::from_owner(farewell.frame);
                seat.outbox().push(frame, Class::Control);
                seat.outbox().close(farewell.code);
                std::future::pending().await
            }
            Received::Gone => return,
        };
        if said.is_err() {
            // The room has closed the queue; what is in it is still sent.
            std::future::pending().await
        }
    }
}

/// Sends what the room says, and asks for signs of life, until the room closes the connection or the client stalls.
pub(super) async fn write(sink: &Mutex<Sink>, seat: &Seat) {
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    loop {
        let sent = tokio::select! {
            outgoing = seat.outbox().next() => match outgoing {
                Outgoing::Frames(frames) => send(sink, frames.into_iter().map(Message::Binary)).await,
                Outgoing::Close(code) => return close(sink, code).await,
            },
            _ = ping.tick() => send(sink, [Message::Ping(Bytes::new())]).await,
        };
        if sent.is_err() {
            return;
        }
        if seat.outbox().sent() {
            let caught_up = Event::Writable { peer: seat.peer() };
            if seat.say(caught_up).await.is_err() {
                return;
            }
        }
    }
}

/// The connection can't be written to any more.
#[derive(Debug)]
pub(super) struct Stalled;

/// Sends messages in order. A client that takes nothing for [`SEND`] has stalled.
pub(super) async fn send(
    sink: &Mutex<Sink>,
    messages: impl IntoIterator<Item = Message>,
) -> Result<(), Stalled> {
    let mut sink = sink.lock().await;
    let mut sink = Pin::new(&mut *sink);
    for message in messages {
        in_time(|ctx| sink.as_mut().poll_ready(ctx)).await?;
        sink.as_mut().start_send(message).map_err(|_| Stalled)?;
    }
    // All of them leave in one write, as far as they fit.
    in_time(|ctx| sink.as_mut().poll_flush(ctx)).await
}

/// Waits for one step of sending. Nearly every one is done at once; only the others pay for a clock.
async fn in_time(
    mut step: impl FnMut(&mut Context<'_>) -> Poll<Result<(), axum::Error>>,
) -> Result<(), Stalled> {
    let done = match poll_fn(|ctx| Poll::Ready(step(ctx))).await {
        Poll::Ready(done) => done,
        Poll::Pending => timeout(SEND, poll_fn(step)).await.map_err(|_| Stalled)?,
    };
    done.map_err(|_| Stalled)
}

/// Says that the connection ends, with this code.
pub(super) async fn close(sink: &Mutex<Sink>, code: u16) {
    let frame = CloseFrame {
        code,
        reason: "".into(),
    };
    // Who is gone already misses nothing.
    drop(send(sink, [Message::Close(Some(frame))]).await);
}

async fn say_farewell(sink: &Mutex<Sink>, farewell: Farewell) {
    let frame = Message::Binary(Bytes::from_owner(farewell.frame));
    if send(sink, [frame]).await.is_ok() {
        close(sink, farewell.code).await;
    }
}

/// Gives the client a moment to agree to the end, so that it sees the last frames before the connection is cut.
pub(super) async fn drain(stream: &mut Stream) {
    let agreed = async { while let Some(Ok(_)) = stream.next().await {} };
    drop(timeout(CLOSE, agreed).await);
}

/// What a client sent.
#[derive(Debug)]
pub(super) enum Received {
    /// A binary message.
    Bytes(Bytes),
    /// Something too large, or that is no binary message.
    Unreadable,
    /// Nothing more.
    Gone,
}

/// The next binary message. Pings are answered by the library; any sign of life counts.
pub(super) async fn receive(stream: &mut Stream) -> Received {
    receive_within(stream, SILENCE_MAX).await
}

async fn receive_within(stream: &mut Stream, silence_max: Duration) -> Received {
    loop {
        return match timeout(silence_max, stream.next()).await {
            Ok(Some(Ok(Message::Binary(bytes)))) => Received::Bytes(bytes),
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => continue,
            Ok(Some(Ok(Message::Text(_)) | Err(_))) => Received::Unreadable,
            Ok(Some(Ok(Message::Close(_))) | None) | Err(_) => Received::Gone,
        };
    }
}

fn unreadable() -> Farewell {
    Farewell::new(
        Goodbye::Malformed,
        "A message was too large, or was not a binary one.",
    )
}
