//! The files that are attached to items: put and got by the hash of their bytes (`PROTOCOL.md` F1–F6).
//!
//! A body is never held as a whole: it passes in chunks between the connection and the store. What is handed out can't
//! run anything at this origin, whatever is in it.

use std::{collections::VecDeque, sync::Arc};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::BytesMut;
use futures_util::{Stream, StreamExt, stream};
use sha2::{Digest, Sha256};
use shared::{
    ids::{DocumentId, FileHash},
    limits::FILE_BYTES_MAX,
    sync::access::{Deed, Verdict, authorize},
};
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::timeout,
};

use super::{
    Shared,
    access::{
        Pass,
        join::{nothing_here, pass_of},
    },
    error::ApiError,
};
use crate::{
    limits::{CHUNKS_WAITING_MAX, SEND, UPLOAD_SILENCE_MAX},
    store::{
        Answer, Store, StoreError,
        files::{Begun, FILE_CHUNK_BYTES, UploadId},
    },
};

/// Sent with every file. Whoever opens its address gets a download, and nothing in it runs, loads or is framed.
const SAFETY: [(HeaderName, HeaderValue); 6] = [
    (
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    ),
    (
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// `GET /api/v1/backlogs/{document}/files`: the hashes of all files that the relay has of the backlog.
pub(super) async fn list(
    State(shared): State<Shared>,
    Path(document): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let pass = reader(&shared, &headers, &document)?;
    let files = shared.store.files().hashes(pass.document).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(files)).into_response())
}

/// `GET /api/v1/backlogs/{document}/files/{file}`
pub(super) async fn get(
    State(shared): State<Shared>,
    Path((document, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let pass = reader(&shared, &headers, &document)?;
    let hash = read(&file)?;
    let place = place(&shared)?;
    let size = shared.store.files().file_size(pass.document, hash).await?;
    let size = size.ok_or_else(no_file)?;
    let (give, mut taken) = mpsc::channel(1);
    let sending = Sending {
        store: Arc::clone(&shared.store),
        document: pass.document,
        hash,
        size,
        _place: place,
    };
    tokio::spawn(sending.run(give));
    let body = Body::from_stream(stream::poll_fn(move |context| taken.poll_recv(context)));
    let mut response = (SAFETY, body).into_response();
    let length = HeaderValue::from(size);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    Ok(response)
}

/// `PUT /api/v1/backlogs/{document}/files/{file}`
pub(super) async fn put(
    State(shared): State<Shared>,
    Path((document, file)): Path<(String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let pass = pass_of(&shared, &parts.headers, &document)?;
    let bytes = length(&parts.headers)?;
    let mut body = body.into_data_stream();
    if let Err(refused) = may(&pass, Deed::PutFile) {
        pass_over(&mut body, bytes).await?;
        return Err(refused);
    }
    let hash = read(&file)?;
    let place = place(&shared)?;
    let store = Arc::clone(&shared.store);
    // Not dropped with the request: what is begun in the store has to be ended there.
    let taking = tokio::spawn(async move {
        let taken = take(store, pass.document, hash, bytes, &mut body).await;
        drop(place);
        taken
    });
    let status = taking.await.unwrap_or_else(|_| Err(try_again()))?;
    Ok(status.into_response())
}

async fn take(
    store: Arc<dyn Store>,
    document: DocumentId,
    hash: FileHash,
    bytes: u64,
    body: &mut (impl Stream<Item = Result<Bytes, axum::Error>> + Unpin),
) -> Result<StatusCode, ApiError> {
    match store.files().begin_file(document, hash, bytes).await? {
        Begun::Held => {
            pass_over(body, bytes).await?;
            Ok(StatusCode::OK)
        }
        Begun::NoRoom => {
            pass_over(body, bytes).await?;
            Err(ApiError::no_room(
                "The files of this backlog take all the room that the relay gives them (200 MB). Share this one elsewhere \
                 and put its address among the links.",
            ))
        }
        Begun::Taking(upload) => {
            let upload = Some(upload);
            Coming { store, upload }.take(body, hash, bytes).await?;
            Ok(StatusCode::CREATED)
        }
    }
}

/// Whoever was not let in does not learn what is there.
fn reader(shared: &Shared, headers: &HeaderMap, document: &str) -> Result<Arc<Pass>, ApiError> {
    let pass = pass_of(shared, headers, document)?;
    may(&pass, Deed::Read).map(|()| pass)
}

/// Who may do what is decided in `shared`.
fn may(pass: &Pass, deed: Deed) -> Result<(), ApiError> {
    match authorize(pass.grant.role, deed) {
        Verdict::Allowed => Ok(()),
        Verdict::RemarksOnly | Verdict::Refused(_) => Err(ApiError::forbidden(
            "Your link lets you read files, not attach them. Ask an owner for a link that lets you edit.",
        )),
    }
}

fn read(file: &str) -> Result<FileHash, ApiError> {
    file.parse().map_err(|_| no_file())
}

const fn no_file() -> ApiError {
    ApiError::not_found("The relay does not have this file.")
}

fn place(shared: &Shared) -> Result<OwnedSemaphorePermit, ApiError> {
    let place = Arc::clone(&shared.transfers).try_acquire_owned();
    place.map_err(|_| try_again())
}

const fn try_again() -> ApiError {
    ApiError::busy("Too many files are on their way at once. Try again in a minute.")
}

/// How long the body says it is.
fn length(headers: &HeaderMap) -> Result<u64, ApiError> {
    let said = headers.get(header::CONTENT_LENGTH);
    let length: Option<u64> = said.and_then(|said| said.to_str().ok()?.parse().ok());
    match length.ok_or(ApiError::malformed())? {
        length if length > FILE_BYTES_MAX => Err(ApiError::too_large(
            "This file has more than 10 MB. Share it elsewhere and put its address among the links.",
        )),
        length => Ok(length),
    }
}

/// The next part of a body; a sender that pauses for too long, or goes, ends it.
async fn next(
    body: &mut (impl Stream<Item = Result<Bytes, axum::Error>> + Unpin),
) -> Result<Option<Bytes>, ApiError> {
    let part = timeout(UPLOAD_SILENCE_MAX, body.next()).await;
    let part =
        part.map_err(|_| ApiError::too_slow("Nothing came for half a minute. Try again."))?;
    part.transpose().map_err(|_| ApiError::malformed())
}

/// Reads a body that nobody needs: a browser takes an answer only once it has said everything.
async fn pass_over(
    body: &mut (impl Stream<Item = Result<Bytes, axum::Error>> + Unpin),
    bytes: u64,
) -> Result<(), ApiError> {
    let mut left = bytes;
    while let Some(part) = next(body).await? {
        left = left
            .checked_sub(part.len() as u64)
            .ok_or(ApiError::malformed())?;
    }
    Ok(())
}

/// A file that is coming in. Dropped before its end, also with the connection, it leaves nothing.
struct Coming {
    store: Arc<dyn Store>,
    upload: Option<UploadId>,
}

impl Coming {
    async fn take(
        mut self,
        body: &mut (impl Stream<Item = Result<Bytes, axum::Error>> + Unpin),
        hash: FileHash,
        bytes: u64,
    ) -> Result<(), ApiError> {
        let Some(upload) = self.upload else {
            return Err(ApiError::malformed());
        };
        let mut digest = Sha256::new();
        let mut gathered = BytesMut::new();
        let mut waiting = Waiting::default();
        let mut came: u64 = 0;
        while let Some(part) = next(body).await? {
            came += part.len() as u64;
            if came > bytes {
                return Err(ApiError::malformed());
            }
            digest.update(&part);
            gathered.extend_from_slice(&part);
            while gathered.len() >= FILE_CHUNK_BYTES {
                let chunk = gathered.split_to(FILE_CHUNK_BYTES).freeze();
                waiting.add(&self.store, upload, chunk).await?;
            }
        }
        if !gathered.is_empty() {
            waiting.add(&self.store, upload, gathered.freeze()).await?;
        }
        waiting.all().await?;
        if digest.finalize().as_slice() != hash.as_bytes() {
            return Err(ApiError::mismatch(
                "What arrived is not what was sent. Try again; if it happens again, attach the file anew.",
            ));
        }
        let finished = self.store.files().finish_file(upload).await?;
        self.upload = None;
        if finished {
            Ok(())
        } else {
            // Removed by the operator meanwhile, or cut.
            Err(nothing_here())
        }
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        if let Some(upload) = self.upload {
            // It is queued by the call; nobody waits for the answer.
            drop(self.store.files().abandon_file(upload));
        }
    }
}

/// Chunks on their way to the disk.
#[derive(Default)]
struct Waiting {
    number: u32,
    answers: VecDeque<Answer<()>>,
}

impl Waiting {
    async fn add(
        &mut self,
        store: &Arc<dyn Store>,
        upload: UploadId,
        chunk: Bytes,
    ) -> Result<(), StoreError> {
        if self.answers.len() >= CHUNKS_WAITING_MAX
            && let Some(first) = self.answers.pop_front()
        {
            first.await?;
        }
        let answer = store.files().add_chunk(upload, self.number, chunk);
        self.answers.push_back(answer);
        self.number += 1;
        Ok(())
    }

    async fn all(self) -> Result<(), StoreError> {
        for answer in self.answers {
            answer.await?;
        }
        Ok(())
    }
}

/// A file that is going out, chunk by chunk as fast as it is taken.
struct Sending {
    store: Arc<dyn Store>,
    document: DocumentId,
    hash: FileHash,
    size: u64,
    _place: OwnedSemaphorePermit,
}

/// Why a file broke off: the connection is cut, so that nobody takes a part for the whole.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the file can't be read to its end")]
struct BrokeOff;

impl Sending {
    async fn run(self, give: mpsc::Sender<Result<Bytes, BrokeOff>>) {
        let mut digest = Sha256::new();
        let mut left = self.size;
        let mut number = 0;
        while left > 0 {
            let chunk = self.store.files().chunk(self.document, self.hash, number);
            let chunk = match chunk.await {
                Ok(Some(chunk)) if !chunk.is_empty() && chunk.len() as u64 <= left => chunk,
                Ok(_) => return self.break_off(&give, "is not whole").await,
                Err(error) => return self.break_off(&give, &error.to_string()).await,
            };
            digest.update(&chunk);
            left -= chunk.len() as u64;
            number += 1;
            // The last chunk only goes out when the whole is what it should be.
            if left == 0 && digest.clone().finalize().as_slice() != self.hash.as_bytes() {
                return self.break_off(&give, "does not have its hash").await;
            }
            if !matches!(timeout(SEND, give.send(Ok(chunk))).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    async fn break_off(&self, give: &mpsc::Sender<Result<Bytes, BrokeOff>>, why: &str) {
        tracing::error!(backlog = %self.document, file = %self.hash, why, "a file can't be handed out");
        drop(give.send(Err(BrokeOff)).await);
    }
}
