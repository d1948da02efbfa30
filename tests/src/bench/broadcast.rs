//! The yardstick: a server that sends every frame it gets to everybody else in the same room, and does nothing more. No
//! document, no disk.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
    routing::any,
    serve::ListenerExt,
};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpListener, sync::mpsc};

/// Frames that wait for one peer at most; more are a failure of the measurement.
const QUEUE: usize = 16_384;

type Peers = Arc<Mutex<BTreeMap<u64, mpsc::Sender<Bytes>>>>;
type Rooms = Arc<Mutex<BTreeMap<String, Peers>>>;

/// Serves until the process ends.
///
/// # Errors
/// When the port can't be had.
pub async fn serve(listen: &str) -> std::io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    #[allow(
        clippy::print_stdout,
        reason = "the one who started this process reads the address"
    )]
    {
        println!("http://{}", listener.local_addr()?);
    }
    let router = Router::new()
        .route("/socket/{room}", any(upgrade))
        .with_state(Rooms::default());
    // Small frames go out at once, as the relay's do.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, router).await
}

async fn upgrade(
    State(rooms): State<Rooms>,
    Path(room): Path<String>,
    request: WebSocketUpgrade,
) -> Response {
    let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
    let peers = Arc::clone(rooms.entry(room).or_default());
    request
        .read_buffer_size(4096)
        .on_upgrade(|socket| serve_peer(peers, socket))
}

async fn serve_peer(peers: Peers, socket: WebSocket) {
    let (sender, mut queue) = mpsc::channel::<Bytes>(QUEUE);
    let own = {
        let mut peers = peers.lock().unwrap_or_else(PoisonError::into_inner);
        let own = peers.keys().next_back().map_or(0, |last| last + 1);
        peers.insert(own, sender);
        own
    };
    let (mut writer, mut reader) = socket.split();
    let writing = tokio::spawn(async move {
        while let Some(frame) = queue.recv().await {
            if writer.send(Message::Binary(frame)).await.is_err() {
                return;
            }
        }
    });
    while let Some(Ok(message)) = reader.next().await {
        if let Message::Binary(frame) = message {
            let peers = peers.lock().unwrap_or_else(PoisonError::into_inner);
            for (peer, sender) in peers.iter() {
                if *peer != own {
                    // A full queue shows as an edit that is not delivered.
                    drop(sender.try_send(frame.clone()));
                }
            }
        }
    }
    peers
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&own);
    writing.abort();
}
