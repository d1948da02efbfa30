//! The only place that makes status codes and the texts that go with them.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::store::StoreError;

/// A refused request: a status, and a sentence for whoever made it.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    public: &'static str,
}

impl ApiError {
    /// The address names nothing.
    #[must_use]
    pub(super) const fn not_found(public: &'static str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            public,
        }
    }

    /// The request may not be made from where it was made.
    #[must_use]
    pub(super) const fn forbidden(public: &'static str) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            public,
        }
    }

    /// The request can't be read.
    #[must_use]
    pub(super) const fn malformed() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            public: "The request can't be read.",
        }
    }

    /// What is asked for does not go with what is there.
    #[must_use]
    pub(super) const fn conflict(public: &'static str) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            public,
        }
    }

    /// What is sent is larger than is taken.
    #[must_use]
    pub(super) const fn too_large(public: &'static str) -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            public,
        }
    }

    /// What is sent is not what it says it is.
    #[must_use]
    pub(super) const fn mismatch(public: &'static str) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            public,
        }
    }

    /// There is no room for it.
    #[must_use]
    pub(super) const fn no_room(public: &'static str) -> Self {
        Self {
            status: StatusCode::INSUFFICIENT_STORAGE,
            public,
        }
    }

    /// What is sent came too slowly.
    #[must_use]
    pub(super) const fn too_slow(public: &'static str) -> Self {
        Self {
            status: StatusCode::REQUEST_TIMEOUT,
            public,
        }
    }

    /// Too many tries from one address.
    #[must_use]
    pub(super) const fn slowly() -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            public: "Too many tries with links that open nothing. Wait a minute.",
        }
    }

    /// There are too many already.
    #[must_use]
    pub(super) const fn busy(public: &'static str) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            public,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownDocument | StoreError::Removed => {
                Self::not_found("The relay does not hold this backlog.")
            }
            StoreError::Full => Self::no_room(
                "The relay's disk is full. What you did stays on this device and is sent when there is room.",
            ),
            StoreError::EpochChanged
            | StoreError::Damaged
            | StoreError::HashMismatch
            | StoreError::Unreadable(_)
            | StoreError::Failed(_) => {
                tracing::error!(%error, "a request could not be answered from the store");
                Self {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    public: "The relay could not read this backlog. Try again.",
                }
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let no_store = [(header::CACHE_CONTROL, "no-store")];
        (self.status, no_store, self.public).into_response()
    }
}
